"""Events for the tests of the contract: the examples beside the schemas, and requests made from the smallest one."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs

from streams.codec import Decoder
from streams.events import Invalid, Record, Reject, Request
from streams.schema_files import load_schema

SCHEMAS = ("request.v1", "decision.v1", "reject.v1")
EXAMPLES = Path(__file__).resolve().parents[2] / "schemas" / "examples"
NOW = 1_795_341_600_000
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
SMALLEST: dict[str, Any] = json.loads((EXAMPLES / "request.v1" / "valid" / "smallest.json").read_bytes())


def examples(schema: str, folder: str) -> list[Path]:
    """The example files of a schema, `folder` being valid or invalid."""
    return sorted((EXAMPLES / schema / folder).glob("*.json"))


def validator(schema: str) -> jsonschema_rs.Validator:
    """The schema as any validator of draft 2020-12 has it, formats included."""
    return jsonschema_rs.validator_for(load_schema(schema), validate_formats=True)


def request(**changes: Any) -> dict[str, Any]:
    """The smallest request with attributes of its envelope replaced."""
    return {**deepcopy(SMALLEST), **changes}


def request_data(**changes: Any) -> dict[str, Any]:
    """The smallest request with fields of its data replaced."""
    event = deepcopy(SMALLEST)
    event["data"].update(changes)
    return event


def decoded(decoder: Decoder, event: Any, headers: Any = STRUCTURED) -> Request | Invalid | Reject:
    """What the decoder makes of an event, given as bytes or as what JSON is written from."""
    value = event if isinstance(event, bytes) else json.dumps(event).encode()
    return decoder.decode(Record(value, headers=headers), NOW)


def verdict_on(decoder: Decoder, event: Any, headers: Any = STRUCTURED) -> str:
    """`request`, `invalid` or the code of the reject."""
    outcome = decoded(decoder, event, headers)
    return outcome.code if isinstance(outcome, Reject) else type(outcome).__name__.lower()
