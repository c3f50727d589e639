"""Bytes to events and events to bytes: the event contract, version 1, in code.

    depth        how deep a JSON text nests, without parsing it
    json_text    JSON text -> value, lone surrogates mended
    event_time   RFC 3339 <-> milliseconds
    envelope     which content mode a record is in; its attributes and trace context
    pointers     JSON Pointers, followed
    faults       where a request breaks its schema
    decoder      a record -> Request, Invalid or Reject
    rejects      the rejects there are, and the headers they leave with
    decisions    a ruling -> the bytes and headers of a decision

This module is the door: the names below are what the rest of the project uses.
"""

from streams.codec.decisions import DecisionEncoder, Shadow, decision_headers, decision_id, input_digest
from streams.codec.decoder import Bounds, Decoder
from streams.codec.faults import shortened_pointer
from streams.codec.rejects import REJECT_CODES, reject_headers, shrunk_reject

__all__ = [
    "REJECT_CODES",
    "Bounds",
    "DecisionEncoder",
    "Decoder",
    "Shadow",
    "decision_headers",
    "decision_id",
    "input_digest",
    "reject_headers",
    "shortened_pointer",
    "shrunk_reject",
]
