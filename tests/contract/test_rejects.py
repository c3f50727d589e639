"""The reject table, row by row and in its order, in both content modes."""

import json
from typing import Any

import pytest

from streams.codec import REJECT_CODES, Bounds, Decoder
from streams.events import Record, Reject, Request
from tests.contract.events import NOW, SMALLEST, STRUCTURED, decoded, request, request_data, verdict_on

DECODER = Decoder(Bounds())
BINARY = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"b-1"),
    ("ce_source", b"/s"),
    ("ce_type", b"moderation.request.v1"),
    ("content-type", b"application/json"),
]
DATA = json.dumps(SMALLEST["data"]).encode()


def _binary(**changes: bytes | None) -> list[tuple[str, bytes | None]]:
    headers: dict[str, bytes | None] = {**dict(BINARY), **{f"ce_{name}": value for name, value in changes.items()}}
    return list(headers.items())


def _nested(depth: int) -> bytes:
    """The smallest request, `depth` deep altogether: event, data and body are three of the levels."""
    lists = depth - 3
    return json.dumps(request_data(body={"x": 0})).replace('"x": 0', f'"x": {"[" * lists}{"]" * lists}').encode()


@pytest.mark.parametrize("headers", [STRUCTURED, (), BINARY], ids=["structured", "bare", "binary"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b" " * 1_000_001, "too_large"),
        (b"[" * 65, "too_deep"),
        (b'{"a":' * 1000, "too_deep"),
        (b"[" * 1000 + b"]" * 1000, "too_deep"),
        (b"not json", "not_json"),
        (b" ", "not_json"),
        (b'{"specversion":"1.0"', "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":-Infinity}', "not_json"),
        (b'{"a":1e999}', "not_json"),
        (b'{"a":1} {"a":1}', "not_json"),
        (b"{'a':1}", "not_json"),
        (b'{"a":1,}', "not_json"),
        (b'{"a":"\x01"}', "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b'{"a":"\xff"}', "not_json"),
        (b'{"a":"\xed\xa0\x80"}', "not_json"),
        (json.dumps(SMALLEST).encode("utf-16"), "not_json"),
        (json.dumps(SMALLEST).encode("utf-32-le"), "not_json"),
        (b'"\xe4"', "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b"5", "not_an_object"),
        (b'"text"', "not_an_object"),
    ],
)
def test_rows_about_the_value_hold_in_every_mode(headers: Any, value: bytes | None, code: str) -> None:
    outcome = DECODER.decode(Record(value, headers=headers), NOW)
    assert isinstance(outcome, Reject)
    assert outcome.code == code


@pytest.mark.parametrize(
    ("event", "headers", "code"),
    [
        ({}, (), "not_cloudevents"),
        ({"a": 1}, STRUCTURED, "not_cloudevents"),
        (SMALLEST["data"], (), "not_cloudevents"),
        ({"id": "x", "source": "/s", "type": "moderation.request.v1"}, (), "not_cloudevents"),
        ({"id": "x", "source": "/s", "type": "moderation.request.v1"}, STRUCTURED, "unsupported_type"),
        ({"specversion": "1.0"}, (), "unsupported_type"),
        (request(specversion=None), STRUCTURED, "unsupported_type"),
        (request(type=["moderation.request.v1"]), STRUCTURED, "unsupported_type"),
        (request(type="x", id=None), STRUCTURED, "unsupported_type"),
        (request(id=None, data=5), STRUCTURED, "no_identity"),
        (request(id={"a": 1}), STRUCTURED, "no_identity"),
        (request(source=True), STRUCTURED, "no_identity"),
        (SMALLEST["data"], _binary(specversion=b"0.3"), "unsupported_type"),
        (SMALLEST["data"], _binary(specversion=None), "unsupported_type"),
        (SMALLEST["data"], _binary(type=None), "unsupported_type"),
        (SMALLEST["data"], _binary(type=b"\xff"), "unsupported_type"),
        (SMALLEST["data"], _binary(id=None), "no_identity"),
        (SMALLEST["data"], _binary(id=b""), "no_identity"),
        (SMALLEST["data"], _binary(id=b"\xff\xfe"), "no_identity"),
        (SMALLEST["data"], _binary(source=b"/" * 2049), "no_identity"),
        (SMALLEST["data"], _binary(time=b"\xff"), "invalid"),
        (SMALLEST["data"], _binary(time=None), "request"),
        (SMALLEST["data"], _binary(data=b"{}"), "invalid"),
        (SMALLEST["data"], _binary(data_base64=b"e30="), "invalid"),
        (SMALLEST["data"], _binary(extension=b"\xff"), "invalid"),
        (SMALLEST["data"], _binary(partitionkey=b"t"), "request"),
        ({}, _binary(), "invalid"),
    ],
)
def test_rows_about_the_envelope(event: Any, headers: Any, code: str) -> None:
    assert verdict_on(DECODER, event, headers) == code


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/cloudevents+json; charset=UTF-8",
        b"Application/CloudEvents+JSON",
        b" application/cloudevents+json ;charset=utf-8",
    ],
)
def test_structured_mode_is_known_by_its_content_type_and_wins_over_binary(content_type: bytes) -> None:
    outcome = decoded(DECODER, SMALLEST, [*BINARY, ("Content-Type", content_type)])
    assert isinstance(outcome, Request)
    assert outcome.id == SMALLEST["id"]


@pytest.mark.parametrize("content_type", [b"application/json", b"\xff\xfe", b"", None])
def test_binary_mode_is_known_by_its_header_whatever_else_the_content_is_said_to_be(content_type: Any) -> None:
    headers = [("CE_" + name[3:], value) for name, value in BINARY if name != "content-type"]
    outcome = DECODER.decode(Record(DATA, headers=[*headers, ("content-type", content_type)]), NOW)
    assert not isinstance(outcome, Reject)
    assert outcome.id == "b-1"


def test_an_event_in_binary_mode_is_not_read_from_its_value() -> None:
    outcome = decoded(DECODER, SMALLEST, BINARY)
    assert not isinstance(outcome, Reject | Request)
    assert ("specversion", "/specversion") in outcome.faults


def test_the_last_of_equal_headers_counts() -> None:
    outcome = DECODER.decode(Record(DATA, headers=[*BINARY, ("ce_id", b"b-2")]), NOW)
    assert isinstance(outcome, Request)
    assert outcome.id == "b-2"


def test_earlier_rows_come_first() -> None:
    """Each value fits all rows from its own on; the small bounds keep the values short."""
    decoder = Decoder(Bounds(record_bytes=40, depth=2))
    values = [b"", b"[[[" + b"x" * 40, b"[[[", b"[[x", b"[[]]", b"{}", b'{"specversion":1}']
    assert [verdict_on(decoder, value, ()) for value in values] == list(REJECT_CODES[:7])


@pytest.mark.parametrize(("value", "outcome"), [(_nested(64), "request"), (_nested(65), "too_deep")])
def test_depth_at_its_bound_and_one_past(value: bytes, outcome: str) -> None:
    assert verdict_on(DECODER, value) == outcome


def test_brackets_inside_strings_do_not_nest() -> None:
    assert verdict_on(DECODER, request_data(body={"text": '[{"\\' * 500})) == "request"


def test_depth_in_binary_mode_counts_from_data() -> None:
    lists = "[" * 62 + "]" * 62
    value = json.dumps({**SMALLEST["data"], "body": {"x": 0}}).replace('"x": 0', f'"x": {lists}').encode()
    assert verdict_on(DECODER, value, BINARY) == "request"
    assert verdict_on(DECODER, value.replace(b"[]", b"[[]]"), BINARY) == "too_deep"


def test_record_bytes_at_their_bound_and_one_past() -> None:
    value = json.dumps(SMALLEST).encode()
    assert verdict_on(DECODER, value.ljust(1_000_000)) == "request"
    assert verdict_on(DECODER, value.ljust(1_000_001)) == "too_large"


def test_messages_are_fixed_words_and_numbers() -> None:
    secret = "swordfish"
    values = [secret.encode(), f'"{secret}"'.encode(), json.dumps({"a": secret}).encode(), secret.encode() * 200_000]
    values += [json.dumps(request(**{name: [secret]})).encode() for name in ("type", "id", "source")]
    for value in values:
        outcome = DECODER.decode(Record(value), NOW)
        assert isinstance(outcome, Reject)
        assert secret not in outcome.message
