"""What a rejected record leaves with, whole and shrunk."""

from hashlib import sha256

import jsonschema_rs

from streams.codec import Bounds, Decoder, reject_headers, shrunk_reject
from streams.events import Record, RecordHeader, Reject
from streams.schema_files import load_schema

OWN: list[RecordHeader] = [("x-gateway", b"\xff"), ("x-none", None), ("x-gateway", b"2")]
RECORD = Record(b"not json", b"key", OWN, "moderation.requests", 3, 41, 1_795_341_600_000)
ORIGIN = [
    ("origin-topic", b"moderation.requests"),
    ("origin-partition", b"3"),
    ("origin-offset", b"41"),
    ("origin-timestamp", b"1795341600000"),
]


def _reject() -> Reject:
    outcome = Decoder(Bounds()).decode(RECORD, 0)
    assert isinstance(outcome, Reject)
    return outcome


def test_own_headers_are_kept_as_they_are_and_the_reason_follows() -> None:
    reason = [("error-code", b"not_json"), ("error-message", b"The value is not JSON in UTF-8.")]
    assert reject_headers(RECORD, _reject()) == [*OWN, *reason, *ORIGIN]


def test_a_shrunk_reject_says_what_its_value_was() -> None:
    value, headers = shrunk_reject(RECORD, _reject(), keep_headers=True)
    assert value == b""
    assert headers[:3] == OWN
    assert headers[-2:] == [("value-bytes", b"8"), ("value-sha256", sha256(b"not json").hexdigest().encode())]


def test_a_reject_shrunk_further_leaves_out_its_own_headers() -> None:
    value, headers = shrunk_reject(RECORD, _reject(), keep_headers=False)
    assert value == b""
    assert not {name for name, _ in headers} & {"x-gateway", "x-none"}
    assert headers[2:6] == ORIGIN


def test_headers_fit_the_reject_schema() -> None:
    schema = jsonschema_rs.validator_for(load_schema("reject.v1"))
    record = RECORD._replace(headers=[("x-gateway", b"1"), ("x-none", None)])
    for headers in (reject_headers(record, _reject()), shrunk_reject(record, _reject(), keep_headers=True)[1]):
        assert schema.is_valid({name: None if value is None else value.decode() for name, value in headers})


def test_a_line_of_a_file_has_no_origin() -> None:
    assert [name for name, _ in reject_headers(Record(b""), Reject("empty", "m"))] == ["error-code", "error-message"]
