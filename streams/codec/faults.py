"""Where a request breaks its schema, as places and never as content."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind, Validator

Fault = tuple[str, str | None]
"""A fact and its JSON Pointer into `data`; for an attribute of the envelope its name and None."""

POINTER_BOUND = 1024
FAULT_BOUND = 256
"""More places than this are not listed."""

_NAME_BOUND = 256
_BREADTH_BOUND = 1000


def find_faults(validator: Validator, event: Mapping[str, Any]) -> list[Fault]:
    """The places of `event` that `validator` refuses, each once, at most FAULT_BOUND.

    Finding all of them costs time for each, so of an event with thousands of places only the first is named.
    """
    if _breadth(event) <= _BREADTH_BOUND:
        return _distinct(_places(event, validator.iter_errors(event)))
    try:
        validator.validate(event)
    except ValidationError as error:
        return _distinct(_places(event, [error]))
    return []


def shortened_pointer(pointer: str) -> str:
    """A JSON Pointer as it is, or, over 1,024 characters, up to its last whole token that fits."""
    if len(pointer) <= POINTER_BOUND:
        return pointer
    return pointer[: pointer.rfind("/", 0, POINTER_BOUND + 1)]


def _breadth(event: Mapping[str, Any]) -> int:
    data = event.get("data")
    data = data if isinstance(data, dict) else {}
    use = data.get("use")
    use = use if isinstance(use, dict) else {}
    return len(event) + sum(len(value) for value in (*data.values(), *use.values()) if isinstance(value, list))


def _distinct(places: Iterator[Sequence[str | int]]) -> list[Fault]:
    found: dict[Fault, None] = {}
    for place in places:
        found[_fault(place)] = None
        if len(found) == FAULT_BOUND:
            break
    return list(found)


def _places(event: Mapping[str, Any], errors: Iterable[ValidationError]) -> Iterator[Sequence[str | int]]:
    for error in errors:
        place, kind = error.instance_path, error.kind
        if isinstance(kind, ValidationErrorKind.AdditionalProperties):
            for name in kind.unexpected[:FAULT_BOUND]:
                yield [*place, name]
        elif isinstance(kind, ValidationErrorKind.Required):
            yield [*place, kind.property]
        elif isinstance(kind, ValidationErrorKind.PropertyNames):
            yield [*place, str(kind.error.instance)]
        elif isinstance(kind, ValidationErrorKind.OneOfNotValid):
            yield ["data" if event.get("data") is None else "data_base64"]
        elif isinstance(kind, ValidationErrorKind.AnyOf) and place == ["data"]:
            yield [*place, "use", "capabilities"]
            yield [*place, "body"]
        else:
            yield place


def _fault(place: Sequence[str | int]) -> Fault:
    if not place:
        return "data", ""
    if place[0] != "data":
        return str(place[0])[:_NAME_BOUND] or "envelope", None
    kept: list[str] = []
    pointer = ""
    for token in place[1:]:
        longer = f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"
        if len(longer) > POINTER_BOUND:
            break
        pointer = longer
        if isinstance(token, str):
            kept.append(token)
    return ".".join(kept) or "data", pointer
