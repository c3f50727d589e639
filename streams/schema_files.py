"""Where the JSON Schemas of the events are, in an installed package and in a source checkout alike."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

from streams.errors import StreamwardError


def schema_folder() -> Traversable:
    """The folder with `*.v1.schema.json`: inside the installed package, or beside `streams` in a checkout."""
    packaged = files("streams").joinpath("schemas")
    if packaged.is_dir():
        return packaged
    beside = Path(__file__).resolve().parent.parent / "schemas"
    if beside.is_dir():
        return beside
    raise StreamwardError("The event schemas are missing from this installation.", "Install streamward again.")


def load_schema(event: str) -> dict[str, Any]:
    """The schema of one event by its name and version, such as `request.v1`."""
    schema: dict[str, Any] = orjson.loads(schema_folder().joinpath(f"{event}.schema.json").read_bytes())
    return schema


def vocabulary(name: str) -> tuple[str, ...]:
    """The closed list of words that the request schema keeps under `$defs`, such as `capability`, in its order."""
    return tuple(load_schema("request.v1")["$defs"][name]["enum"])
