"""Which CloudEvents content mode a Kafka record is in, its attributes in binary mode, and its trace context."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Trace = tuple[tuple[str, str], ...]

TRACE_BOUND = 8192
"""Trace context above this many bytes is dropped."""

_STRUCTURED = b"application/cloudevents+json"
_TRACE_NAMES = ("traceparent", "tracestate")
_UNREADABLE: list[str] = []
"""Stands for an attribute whose header is not UTF-8: it is there, but no schema takes it."""


class Envelope(NamedTuple):
    """What the headers of a record say. `attributes` is None but in binary mode; `trace` is by header name."""

    structured: bool
    attributes: dict[str, Any] | None
    trace: Mapping[str, str]


_PLAIN = Envelope(structured=True, attributes=None, trace={})
_USUAL = [("content-type", _STRUCTURED)]


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """The envelope as far as headers tell it. Of a header that occurs twice the last counts, in any letter case.

    Never raises: a header without a value is absent, one that is not UTF-8 is unreadable.
    """
    if headers == _USUAL:
        return _PLAIN
    named = {name.lower(): value for name, value in headers}
    content_type = named.get("content-type")
    structured = content_type is not None and _is_structured(content_type)
    attributes = None if structured or "ce_specversion" not in named else _attributes(named, content_type)
    return Envelope(structured, attributes, _trace_headers(named))


def trace_context(envelope: Envelope, event: Mapping[str, Any]) -> Trace:
    """The trace context of a request: for each of its two parts the Kafka header, else the extension attribute."""
    if not envelope.trace and "traceparent" not in event and "tracestate" not in event:
        return ()
    found = []
    for name in _TRACE_NAMES:
        text = envelope.trace.get(name) or event.get(name)
        if text and isinstance(text, str):
            found.append((name, text))
    if sum(len(text.encode()) for _, text in found) > TRACE_BOUND:
        return ()
    return tuple(found)


def _is_structured(content_type: bytes) -> bool:
    return content_type == _STRUCTURED or content_type.partition(b";")[0].strip().lower() == _STRUCTURED


def _attributes(named: Mapping[str, bytes | None], content_type: bytes | None) -> dict[str, Any]:
    attributes: dict[str, Any] = {name[3:]: _text(value) for name, value in named.items() if name.startswith("ce_")}
    if content_type is not None:
        attributes["datacontenttype"] = _text(content_type)
    return attributes


def _text(value: bytes | None) -> str | list[str] | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return _UNREADABLE


def _trace_headers(named: Mapping[str, bytes | None]) -> Mapping[str, str]:
    texts = ((name, _text(named.get(name))) for name in _TRACE_NAMES)
    return {name: text for name, text in texts if isinstance(text, str)}
