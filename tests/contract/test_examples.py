"""Every event has examples, and schema and code judge each of them alike."""

import json
from pathlib import Path

import pytest

from streams.codec import REJECT_CODES, Bounds, Decoder
from streams.events import Invalid, Record, Reject, Request
from streams.schema_files import load_schema, schema_folder, vocabulary
from tests.contract.events import EXAMPLES, NOW, SCHEMAS, examples, validator

VALIDATORS = {schema: validator(schema) for schema in SCHEMAS}
DECODER = Decoder(Bounds())


def _cases(folder: str) -> list[object]:
    return [
        pytest.param(schema, path, id=f"{schema}/{path.stem}")
        for schema in SCHEMAS
        for path in examples(schema, folder)
    ]


def test_every_schema_has_examples_and_every_folder_of_examples_a_schema() -> None:
    named = {entry.name.removesuffix(".schema.json") for entry in schema_folder().iterdir() if "schema" in entry.name}
    assert named == set(SCHEMAS) == {folder.name for folder in EXAMPLES.iterdir()}
    for schema in SCHEMAS:
        assert len(examples(schema, "valid")) >= 10
        assert len(examples(schema, "invalid")) >= 20


@pytest.mark.parametrize(("schema", "path"), _cases("valid"))
def test_valid_example_fits_its_schema(schema: str, path: Path) -> None:
    assert [error.message for error in VALIDATORS[schema].iter_errors(json.loads(path.read_bytes()))] == []


@pytest.mark.parametrize(("schema", "path"), _cases("invalid"))
def test_invalid_example_is_broken_in_one_place(schema: str, path: Path) -> None:
    places = {tuple(error.instance_path) for error in VALIDATORS[schema].iter_errors(json.loads(path.read_bytes()))}
    assert len(places) == 1


@pytest.mark.parametrize("path", examples("request.v1", "valid"), ids=lambda path: path.stem)
def test_decoder_takes_what_the_schema_takes(path: Path) -> None:
    event = json.loads(path.read_bytes())
    outcome = DECODER.decode(Record(path.read_bytes()), NOW)
    assert isinstance(outcome, Request)
    assert (outcome.id, outcome.source) == (event["id"], event["source"])
    assert outcome.data["tenant"] in {"t", "t-1"}


@pytest.mark.parametrize("path", examples("request.v1", "invalid"), ids=lambda path: path.stem)
def test_decoder_refuses_what_the_schema_refuses(path: Path) -> None:
    outcome = DECODER.decode(Record(path.read_bytes()), NOW)
    if isinstance(outcome, Invalid):
        pointers = {pointer for _, pointer in outcome.faults}
        assert len(outcome.faults) == 1 or pointers == {"/use/capabilities", "/body"}
    else:
        assert isinstance(outcome, Reject)
        # Without specversion and without a header that says otherwise it is no CloudEvent at all.
        codes = {
            "specversion_missing": "not_cloudevents",
            "specversion": "unsupported_type",
            "type": "unsupported_type",
        }
        expected = codes.get(path.stem, codes.get(path.stem.split("_")[0], "no_identity"))
        assert outcome.code == expected


def test_codes_of_the_code_are_those_of_the_schema() -> None:
    assert tuple(load_schema("reject.v1")["$defs"]["reject_code"]["enum"]) == REJECT_CODES


def test_closed_lists_can_be_read_by_name() -> None:
    assert vocabulary("party_level") == ("local", "state", "federal", "tribal", "campus", "transit", "national")
    assert "identify" in vocabulary("capability")
