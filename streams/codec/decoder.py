"""A record in, a request out, or the row of the contract's reject table that says why there is none."""

import time
from base64 import b64decode
from typing import Any, NamedTuple

from jsonschema_rs import RegexOptions, validator_for

from streams.codec import rejects
from streams.codec.depth import nests_deeper
from streams.codec.envelope import Envelope, Trace, read_headers, trace_context
from streams.codec.event_time import EARLIEST, format_time, parse_time
from streams.codec.faults import Fault, find_faults
from streams.codec.json_text import parse_json
from streams.errors import StreamwardError
from streams.events import Invalid, ReceivedRecord, Reject, Request
from streams.schema_files import load_schema

_TYPE = "moderation.request.v1"
_DEEPEST = 512
_DATA_NAMES = ("data", "data_base64")
_ANY_ATTRIBUTE = ("specversion", "type", "id", "source")


class Bounds(NamedTuple):
    """How large a record may be: bytes of its value, and how deep its JSON nests (the outermost value is depth 1)."""

    record_bytes: int = 1_000_000
    depth: int = 64


_Clock = tuple[str | None, int | None]
"""The event time used, as text and in ms since 1970; None twice where it cannot be read."""


class Decoder:
    """Reads requests from records in both content modes of CloudEvents. Schemas are compiled when it is made."""

    def __init__(self, bounds: Bounds) -> None:
        if not 1 <= bounds.depth <= _DEEPEST:
            raise StreamwardError(f"A JSON depth of {bounds.depth} cannot be read.", f"Choose 1 to {_DEEPEST}.")
        self._record_bytes, self._depth = bounds
        self._too_deep = rejects.too_deep(bounds.depth)
        # Formats have patterns beside them; what a pattern cannot say of `time` is checked while reading it.
        self._validator = validator_for(
            load_schema("request.v1"), validate_formats=False, pattern_options=RegexOptions()
        )
        self._is_valid = self._validator.is_valid

    def decode(self, record: ReceivedRecord, now_ms: int | None = None) -> Request | Invalid | Reject:
        """The request in a record, the request with a readable identity that breaks its schema, or a reject.

        Never raises. `now_ms` (ms since 1970) is the time of an event that has none, in a record that has none; now,
        if not given. The rows of the reject table apply in the contract's order.
        """
        value = record.value
        if not value:
            return rejects.EMPTY
        if len(value) > self._record_bytes:
            return rejects.too_large(len(value), self._record_bytes)
        if nests_deeper(value, self._depth):
            return self._too_deep
        try:
            event = parse_json(value)
        except ValueError:
            return rejects.NOT_JSON
        if not isinstance(event, dict):
            return rejects.NOT_AN_OBJECT
        return self._decode_event(event, read_headers(record.headers), record.timestamp, now_ms)

    def _decode_event(
        self, event: dict[str, Any], envelope: Envelope, timestamp: int | None, now_ms: int | None
    ) -> Request | Invalid | Reject:
        faults: list[Fault] = []
        if envelope.attributes is not None:
            faults = [(name, None) for name in _DATA_NAMES if name in envelope.attributes]
            event = {**envelope.attributes, "data": event, "data_base64": None}
        elif "specversion" not in event and not (envelope.structured and any(map(event.__contains__, _ANY_ATTRIBUTE))):
            return rejects.NOT_CLOUDEVENTS
        if event.get("type") != _TYPE or event.get("specversion") != "1.0":
            return rejects.UNSUPPORTED_TYPE
        name, source = event.get("id"), event.get("source")
        if not (isinstance(name, str) and 0 < len(name) <= 256 and isinstance(source, str) and 0 < len(source) <= 2048):
            return rejects.NO_IDENTITY
        trace = trace_context(envelope, event)
        text, at = clock = _event_time(event.get("time"), timestamp, now_ms)
        if event.get("data_base64") is not None and event.get("data") is None:
            event, fault = self._unpacked(event)
            faults += fault
        if text is not None and at is not None and at >= EARLIEST and not faults and self._is_valid(event):
            return Request(name, source, text, at, event["data"], trace)
        return self._invalid(event, name, source, clock, trace, faults)

    def _unpacked(self, event: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """The event with its data_base64 read into data, or with an empty one and the fault that kept it from it."""
        try:
            text = b64decode(event["data_base64"], validate=True)
            data = None if nests_deeper(text, self._depth) else parse_json(text)
        except (ValueError, TypeError):
            data = None
        if data is None:
            return event, [("data_base64", None)]
        return {**event, "data": data, "data_base64": None}, []

    def _invalid(
        self, event: dict[str, Any], name: str, source: str, clock: _Clock, trace: Trace, faults: list[Fault]
    ) -> Invalid:
        text, at = clock
        if at is None or at < EARLIEST:
            faults = [*faults, ("time", None)]
        faults = [*faults, *(fault for fault in find_faults(self._validator, event) if fault not in faults)]
        data = event.get("data")
        tenant = data.get("tenant") if isinstance(data, dict) else None
        readable = isinstance(tenant, str) and 0 < len(tenant) <= 128
        return Invalid(name, source, text, at, tenant if readable else None, tuple(faults), trace)


def _event_time(text: Any, timestamp: int | None, now_ms: int | None) -> _Clock:
    """The time of an event: its own, else its record's (Kafka writes -1 for none), else the caller's, else now."""
    if text is None:
        at = timestamp if timestamp is not None and timestamp >= 0 else now_ms
        at = time.time_ns() // 1_000_000 if at is None else at
        written = format_time(at)
        return written, None if written is None else at
    parsed = parse_time(text) if isinstance(text, str) else None
    return None if parsed is None else text, parsed
