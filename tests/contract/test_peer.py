"""The official CloudEvents package as an independent peer, in both content modes and both directions."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from streams.codec import Bounds, DecisionEncoder, Decoder, decision_headers, input_digest
from streams.events import Invalid, Record, Request, Ruling
from tests.contract.events import EXAMPLES, NOW, SMALLEST, request

DECODER = Decoder(Bounds())
FORMAT = JSONFormat()
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TIMED = request(time="2026-11-22T10:00:00Z")
EVERYTHING = json.loads((EXAMPLES / "request.v1" / "valid" / "face_all_fields.json").read_bytes())


def _peer_event(event: dict[str, Any], data: Any = None) -> CloudEvent:
    attributes = {name: value for name, value in event.items() if name != "data"}
    if "time" in attributes:
        attributes["time"] = datetime.fromisoformat(attributes["time"])
    return CloudEvent(attributes, event["data"] if data is None else data)


def _record(message: KafkaMessage) -> Record:
    key = message.key.encode() if isinstance(message.key, str) else message.key
    return Record(message.value, key, list(message.headers.items()), "moderation.requests", 0, 7, NOW)


@pytest.mark.parametrize("write", [to_binary, to_structured])
@pytest.mark.parametrize("event", [TIMED, EVERYTHING], ids=["smallest", "everything"])
def test_a_request_of_the_peer_is_read(write: Any, event: dict[str, Any]) -> None:
    outcome = DECODER.decode(_record(write(_peer_event(event), FORMAT)))
    assert isinstance(outcome, Request)
    assert (outcome.id, outcome.source, outcome.data) == (event["id"], event["source"], event["data"])
    assert outcome.at == (NOW if event is TIMED else 1_795_338_000_250)
    assert dict(outcome.trace) == {name: event[name] for name in ("traceparent", "tracestate") if name in event}


@pytest.mark.parametrize("write", [to_binary, to_structured])
def test_data_that_the_peer_holds_as_bytes_is_read(write: Any) -> None:
    """In structured mode the peer writes it as data_base64."""
    outcome = DECODER.decode(_record(write(_peer_event(TIMED, json.dumps(SMALLEST["data"]).encode()), FORMAT)))
    assert isinstance(outcome, Request)
    assert outcome.data == SMALLEST["data"]


@pytest.mark.parametrize("write", [to_binary, to_structured])
def test_a_faulty_request_of_the_peer_is_named_by_its_fault(write: Any) -> None:
    outcome = DECODER.decode(_record(write(_peer_event(request(data={**SMALLEST["data"], "tenant": 5})), FORMAT)))
    assert isinstance(outcome, Invalid)
    assert outcome.faults == (("tenant", "/tenant"),)


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_a_decision_is_read_by_the_peer(mode: str) -> None:
    peer_message = (to_binary if mode == "binary" else to_structured)(
        _peer_event({**TIMED, "traceparent": TRACE}), FORMAT
    )
    record = _record(peer_message)
    outcome = DECODER.decode(record)
    assert isinstance(outcome, Request)
    encoder = DecisionEncoder("streamward", {"packs": [], "engine": "streamward 0.1.0", "digest": "sha256:0"})
    value = encoder.encode_decision(
        outcome, record, Ruling("allow"), "allow",
        digest_of_input=input_digest(peer_message.value), decided_at=NOW + 125, decide_us=60,
    )  # fmt: skip
    headers = dict(decision_headers(outcome, "allow", "allow", "sha256:0"))
    decision = from_kafka(KafkaMessage(headers, None, value), FORMAT)
    assert decision.get_specversion() == "1.0"
    assert decision.get_type() == "moderation.decision.v1"
    assert decision.get_subject() == SMALLEST["id"]
    assert decision.get_time() == datetime(2026, 11, 22, 10, 0, 0, 125_000, tzinfo=UTC)
    data = decision.get_data()
    assert isinstance(data, dict)
    assert data["request"]["id"] == SMALLEST["id"]
    assert data["timing"] == {"age_ms": 125, "decide_us": 60}
    assert headers["traceparent"] == TRACE.encode()


def test_a_decision_written_anew_by_the_peer_says_the_same() -> None:
    """Our structured event survives the peer's own reading and writing in both modes."""
    value = (EXAMPLES / "decision.v1" / "valid" / "deny.json").read_bytes()
    decision = from_kafka(KafkaMessage({"content-type": b"application/cloudevents+json"}, None, value), FORMAT)
    assert json.loads(to_structured(decision, FORMAT).value)["data"] == json.loads(value)["data"]
    assert json.loads(to_binary(decision, FORMAT).value) == json.loads(value)["data"]
