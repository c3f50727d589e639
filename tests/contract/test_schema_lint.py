"""A misspelt keyword guards nothing, and no validator says so: the schemas use known keywords and nothing unused."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from streams.schema_files import load_schema
from tests.contract.events import SCHEMAS

ONE_SCHEMA = {"additionalProperties", "contentSchema", "else", "if", "items", "not", "propertyNames", "then"}
LISTS_OF_SCHEMAS = {"allOf", "anyOf", "oneOf"}
MAPS_OF_SCHEMAS = {"$defs", "properties"}
VALUES = {
    "$id", "$ref", "$schema", "const", "contentEncoding", "contentMediaType", "dependentRequired", "description",
    "enum", "format", "maxItems", "maxLength", "minItems", "minLength", "minimum", "pattern", "required", "title",
    "type",
}  # fmt: skip
FORMATS = {"date-time", "uri-reference"}


def _subschemas(schema: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, bool):
        return
    yield place, schema
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            yield from _subschemas(value, f"{place}/{keyword}")
        elif keyword in LISTS_OF_SCHEMAS:
            for number, part in enumerate(value):
                yield from _subschemas(part, f"{place}/{keyword}/{number}")
        elif keyword in MAPS_OF_SCHEMAS:
            for name, part in value.items():
                yield from _subschemas(part, f"{place}/{keyword}/{name}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_keyword_is_one_of_draft_2020_12(name: str) -> None:
    known = ONE_SCHEMA | LISTS_OF_SCHEMAS | MAPS_OF_SCHEMAS | VALUES
    strange = [
        f"{place}: {word}" for place, part in _subschemas(load_schema(name)) for word in part if word not in known
    ]
    assert strange == []
    jsonschema_rs.meta.validate(load_schema(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_definition_is_used_and_every_reference_leads_somewhere(name: str) -> None:
    schema = load_schema(name)
    used = {part["$ref"].removeprefix("#/$defs/") for _, part in _subschemas(schema) if "$ref" in part}
    assert used == set(schema["$defs"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_required_fields_are_described_and_formats_known(name: str) -> None:
    for place, part in _subschemas(load_schema(name)):
        if "properties" in part:
            assert set(part.get("required", [])) <= set(part["properties"]), place
        assert part.get("format") in FORMATS | {None}, place


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_list_of_words_repeats_one(name: str) -> None:
    for place, part in _subschemas(load_schema(name)):
        assert len(part.get("enum", [])) == len(set(part.get("enum", []))), place
