"""Every limit of the contract at its bound and one past, and what else makes a request invalid."""

import base64
import json
from typing import Any

import pytest

from streams.codec import Bounds, Decoder
from streams.errors import StreamwardError
from streams.events import Invalid, Record, Reject, Request
from tests.contract.events import NOW, SMALLEST, STRUCTURED, decoded, request, request_data, verdict_on

DECODER = Decoder(Bounds())
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def _base64(text: bytes, **changes: Any) -> dict[str, Any]:
    return request(data=None, data_base64=base64.b64encode(text).decode(), **changes)


@pytest.mark.parametrize(
    ("longest", "too_long", "refused_as"),
    [
        (request(id="é" * 256), request(id="é" * 257), "no_identity"),
        (request(source="/" + "s" * 2047), request(source="/" + "s" * 2048), "no_identity"),
        (request_data(tenant="😀" * 128), request_data(tenant="😀" * 129), "invalid"),
        (request_data(user="u" * 256), request_data(user="u" * 257), "invalid"),
        (request_data(session="s" * 256), request_data(session="s" * 257), "invalid"),
        (request_data(use={"purpose": "p" * 2000}), request_data(use={"purpose": "p" * 2001}), "invalid"),
        (
            request_data(on_behalf_of=[{"type": "court"}] * 8),
            request_data(on_behalf_of=[{"type": "court"}] * 9),
            "invalid",
        ),
        (
            request_data(attachments=[{"kind": "image"}] * 256),
            request_data(attachments=[{"kind": "image"}] * 257),
            "invalid",
        ),
        (
            request(time=f"2026-01-01T00:00:00.{'0' * 43}Z"),
            request(time=f"2026-01-01T00:00:00.{'0' * 44}Z"),
            "invalid",
        ),
    ],
    ids=["id", "source", "tenant", "user", "session", "purpose", "on_behalf_of", "attachments", "time"],
)
def test_lengths(longest: dict[str, Any], too_long: dict[str, Any], refused_as: str) -> None:
    assert verdict_on(DECODER, longest) == "request"
    assert verdict_on(DECODER, too_long) == refused_as


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2023-01-01T00:00:00Z", 1_672_531_200_000),
        ("2023-01-01T01:00:00+01:00", 1_672_531_200_000),
        ("2024-02-29T12:00:00.5-03:30", 1_709_220_600_500),
        ("2026-12-31T23:59:60Z", 1_798_761_600_000),
        ("2027-01-01T00:59:60.25+01:00", 1_798_761_600_250),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ],
)
def test_times_that_are_read(time: str, at: int) -> None:
    outcome = decoded(DECODER, request(time=time))
    assert isinstance(outcome, Request)
    assert (outcome.time, outcome.at) == (time, at)


@pytest.mark.parametrize(
    "time",
    [
        "2022-12-31T23:59:59.999Z",
        "2023-01-01T00:59:59+01:00",
        "2026-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T12:00:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-W01-1T00:00:00Z",
        "20260101T000000Z",
        "2026-01-01T00:00:00,5Z",
        "２０２６-01-01T00:00:00Z",
        5,
        [],
    ],
)
def test_times_that_are_refused(time: Any) -> None:
    outcome = decoded(DECODER, request(time=time))
    assert isinstance(outcome, Invalid)
    assert outcome.faults == (("time", None),)


def test_a_time_that_cannot_be_read_is_not_known_and_one_that_is_too_early_is() -> None:
    unread, early = decoded(DECODER, request(time="soon")), decoded(DECODER, request(time="2022-01-01T00:00:00Z"))
    assert isinstance(unread, Invalid)
    assert isinstance(early, Invalid)
    assert (unread.time, unread.at) == (None, None)
    assert (early.time, early.at) == ("2022-01-01T00:00:00Z", 1_640_995_200_000)


@pytest.mark.parametrize(
    ("timestamp", "time", "at"),
    [
        (NOW + 250, "2026-11-22T10:00:00.250Z", NOW + 250),
        (-1, "2026-11-22T10:00:00.000Z", NOW),
        (None, "2026-11-22T10:00:00.000Z", NOW),
    ],
)
def test_without_a_time_the_record_has_one_or_the_caller(timestamp: int | None, time: str, at: int) -> None:
    value = json.dumps(request(time=None)).encode()
    outcome = DECODER.decode(Record(value, headers=STRUCTURED, timestamp=timestamp), NOW)
    assert isinstance(outcome, Request)
    assert (outcome.time, outcome.at) == (time, at)


@pytest.mark.parametrize("timestamp", [0, 1_672_531_199_999, 2**62])
def test_the_time_of_a_record_is_bound_too(timestamp: int) -> None:
    value = json.dumps(request(time=None)).encode()
    outcome = DECODER.decode(Record(value, headers=STRUCTURED, timestamp=timestamp), NOW)
    assert isinstance(outcome, Invalid)
    assert outcome.faults == (("time", None),)


def test_all_faults_are_named_at_once() -> None:
    event = request_data(
        tenant=5, actor={"type": "police", "badge": 1}, use={"capabilities": ["chat", "hack"]}, **{"a/~b": 1}
    )
    outcome = decoded(DECODER, {**event, "time": "soon", "Ext": {}})
    assert isinstance(outcome, Invalid)
    assert set(outcome.faults) == {
        ("time", None),
        ("Ext", None),
        ("tenant", "/tenant"),
        ("actor.type", "/actor/type"),
        ("actor.badge", "/actor/badge"),
        ("use.capabilities", "/use/capabilities/1"),
        ("a/~b", "/a~1~0b"),
    }
    assert outcome.tenant is None


def test_the_tenant_is_kept_where_it_can_be_read() -> None:
    outcome = decoded(DECODER, request_data(surplus=1))
    assert isinstance(outcome, Invalid)
    assert outcome.tenant == "t"


@pytest.mark.parametrize(("length", "pointer"), [(1023, "/" + "k" * 1023), (1024, "")])
def test_a_pointer_ends_at_its_last_token_that_fits(length: int, pointer: str) -> None:
    outcome = decoded(DECODER, request_data(**{"k" * length: 1}))
    assert isinstance(outcome, Invalid)
    assert outcome.faults == (("k" * length if pointer else "data", pointer),)


@pytest.mark.parametrize(("name", "fact"), [("", "envelope"), ("N" * 300, "N" * 256)])
def test_an_attribute_of_the_envelope_is_named_within_bounds(name: str, fact: str) -> None:
    outcome = decoded(DECODER, request(**{name: "x"}))
    assert isinstance(outcome, Invalid)
    assert outcome.faults == ((fact, None),)


def test_faults_are_found_in_bounded_time_and_number() -> None:
    for data in ({"use": {"capabilities": ["x"] * 150_000}}, {f"k{number}": 1 for number in range(50_000)}):
        outcome = decoded(DECODER, request_data(**data))
        assert isinstance(outcome, Invalid)
        assert 1 <= len(outcome.faults) <= 256


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (json.dumps(SMALLEST["data"]).encode(), None),
        (b"not json", [("data_base64", None)]),
        (b"", [("data_base64", None)]),
        (b"null", [("data_base64", None)]),
        (b"[" * 65 + b"]" * 65, [("data_base64", None)]),
        (b"[]", [("data", "")]),
        (json.dumps({**SMALLEST["data"], "tenant": ""}).encode(), [("tenant", "/tenant")]),
    ],
)
def test_data_in_base64(text: bytes, faults: list[Any] | None) -> None:
    outcome = decoded(DECODER, _base64(text))
    if faults is None:
        assert isinstance(outcome, Request)
        assert outcome.data == SMALLEST["data"]
    else:
        assert isinstance(outcome, Invalid)
        assert list(outcome.faults) == faults


@pytest.mark.parametrize("text", ["e30", "e3 0=", "é", "e30=\n"])
def test_broken_base64(text: str) -> None:
    outcome = decoded(DECODER, request(data=None, data_base64=text))
    assert isinstance(outcome, Invalid)
    assert outcome.faults == (("data_base64", None),)


def test_lone_surrogates_are_read_as_replacement_characters() -> None:
    text = json.dumps(request_data(body={"x": "KEEP", "KEY": 1, "pair": "😀", "escaped": "\\ud800"}))
    value = text.replace("KEEP", r"a\ud800b\uDC00\ud800\ud83d\ude00").replace("KEY", r"k\udfff").encode()
    outcome = decoded(DECODER, value)
    assert isinstance(outcome, Request)
    assert outcome.data["body"] == {"x": "a�b��😀", "k�": 1, "pair": "😀", "escaped": "\\ud800"}


def test_a_lone_surrogate_mends_nothing_else() -> None:
    assert verdict_on(DECODER, rb'{"specversion":"\ud800",}') == "not_json"


def test_the_last_of_equal_keys_counts() -> None:
    value = json.dumps(SMALLEST).encode().replace(b'"tenant": "t"', b'"tenant": 5, "tenant": "t-2"')
    outcome = decoded(DECODER, value)
    assert isinstance(outcome, Request)
    assert outcome.data["tenant"] == "t-2"


def test_trace_context_comes_from_the_header_else_from_the_attribute() -> None:
    event = request(traceparent="from-attribute", tracestate="a=1")
    assert _trace(event, [*STRUCTURED]) == {"traceparent": "from-attribute", "tracestate": "a=1"}
    headers = [*STRUCTURED, ("TraceParent", TRACE.encode())]
    assert _trace(event, headers) == {"traceparent": TRACE, "tracestate": "a=1"}
    assert (
        _trace(event, [*STRUCTURED, ("traceparent", b"\xff"), ("tracestate", None)])["traceparent"] == "from-attribute"
    )
    assert _trace(request(surplus={}), headers) == {"traceparent": TRACE}


def test_trace_context_at_its_bound_and_one_past() -> None:
    assert _trace(request(traceparent="p" * 92, tracestate="s" * 8100), STRUCTURED) != {}
    assert _trace(request(traceparent="p" * 92, tracestate="s" * 8101), STRUCTURED) == {}


def _trace(event: dict[str, Any], headers: Any) -> dict[str, str]:
    outcome = decoded(DECODER, event, headers)
    assert not isinstance(outcome, Reject)
    return dict(outcome.trace)


@pytest.mark.parametrize("depth", [0, 513])
def test_a_depth_that_no_parser_holds_is_refused_when_it_is_set(depth: int) -> None:
    with pytest.raises(StreamwardError):
        Decoder(Bounds(depth=depth))
