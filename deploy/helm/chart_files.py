"""Writes the chart's README.md and values.schema.json from the comments of its values.yaml.

A comment `# -- text` above a value is its documentation, `# @schema {...}` what its schema says beyond the type of the
default. A map whose schema has additionalProperties is open: what lies in it is described only where it says so itself.

    python deploy/helm/chart_files.py            # writes both
    python deploy/helm/chart_files.py --check    # exits with 1 where one is not what it would write
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CHART = Path(__file__).parent / "streamward"
KEY = re.compile(r"^( *)([A-Za-z_][A-Za-z0-9_.]*):")
KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class Value(NamedTuple):
    """One value: its dotted path, default, documentation, and what its schema adds."""

    path: tuple[str, ...]
    default: Any
    text: str
    schema: dict[str, Any]

    @property
    def open(self) -> bool:
        return bool(self.schema.get("additionalProperties"))


def values_of(source: str) -> list[Value]:
    """All values of a values.yaml in their order, maps before what is in them."""
    defaults = yaml.safe_load(source)
    found: list[Value] = []
    path: list[tuple[int, str]] = []
    comments: list[str] = []
    for line in source.splitlines():
        bare = line.strip()
        key = KEY.match(line)
        if bare.startswith("#"):
            comments.append(bare.removeprefix("#").strip())
        elif key:
            while path and path[-1][0] >= len(key[1]):
                path.pop()
            path.append((len(key[1]), key[2]))
            names = tuple(name for _, name in path)
            if isinstance(at(names[:-1], defaults), dict):  # and no field of a list's entry
                found.append(described(names, at(names, defaults), comments))
            comments = []
        else:
            comments = []
    return found


def at(path: tuple[str, ...], values: Any) -> Any:
    for name in path:
        values = values[name] if isinstance(values, dict) else None
    return values


def described(path: tuple[str, ...], default: Any, comments: list[str]) -> Value:
    starts = [number for number, line in enumerate(comments) if line.startswith("-- ")]
    said = comments[starts[-1] :] if starts else comments
    schemas = [line.removeprefix("@schema ") for line in said if line.startswith("@schema ")]
    text = " ".join(line for line in said if not line.startswith("@schema ")) if starts else ""
    return Value(path, default, text.removeprefix("-- "), yaml.safe_load(schemas[-1]) if schemas else {})


def shown(values: list[Value]) -> Iterator[Value]:
    """The values that schema and README speak of: all but those in open maps that say nothing about themselves."""
    opened = {value.path for value in values if value.open}
    for value in values:
        inside = any(value.path[:depth] in opened for depth in range(1, len(value.path)))
        if not inside or value.text or value.schema:
            yield value


def schema_of(values: list[Value], deprecated: dict[str, str]) -> dict[str, Any]:
    """The draft-07 schema of the values. Deprecated keys pass, so that the chart itself can name the new one."""
    root: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {}}
    nodes: dict[tuple[str, ...], dict[str, Any]] = {(): root}
    for value in shown(values):
        node = node_of(value)
        nodes[value.path] = node
        nodes[value.path[:-1]].setdefault("properties", {})[value.path[-1]] = node
    for key, text in deprecated.items():
        root["properties"][key] = {"description": f"No value of this chart: it {text}."}
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Values of the chart streamward"}
    return head | root


def node_of(value: Value) -> dict[str, Any]:
    node: dict[str, Any] = {"description": value.text} if value.text else {}
    if "enum" not in value.schema and "type" not in value.schema:
        if value.default is None:
            raise ValueError(f"{'.'.join(value.path)}: a default of null needs a type in an @schema line")
        node["type"] = KINDS[type(value.default)]
    if isinstance(value.default, dict) and value.default:
        node["additionalProperties"] = False
    if value.default == {} and "additionalProperties" not in value.schema:
        raise ValueError(f"{'.'.join(value.path)}: an empty map needs additionalProperties in an @schema line")
    return node | value.schema


def table_of(values: list[Value]) -> str:
    """The values as tables of Markdown, one for each map at the root and one for what stands there alone."""
    alone: list[str] = []
    parts: dict[str, list[str]] = {}
    texts = {value.path[0]: value.text for value in values if len(value.path) == 1}
    opened = {value.path for value in values if value.open}
    for value in shown(values):
        closed = isinstance(value.default, dict) and value.default and value.path not in opened
        if closed:
            continue
        if any(value.path[:depth] in opened - {("global",)} for depth in range(1, len(value.path))) and not value.text:
            continue
        if value.path == ("global",):
            continue
        if not value.text:
            raise ValueError(f"{'.'.join(value.path)}: has no comment that documents it")
        row = f"| `{'.'.join(value.path)}` | `{json.dumps(value.default, ensure_ascii=False)}` | {value.text} |"
        (alone if len(value.path) == 1 else parts.setdefault(value.path[0], [])).append(row.replace("||", "\\|\\|"))
    head = "| value | default | meaning |\n|---|---|---|\n"
    sections = [f"### At the root\n\n{head}" + "\n".join(alone)]
    for name, rows in parts.items():
        text = f"{texts[name]}\n\n" if texts[name] and (name,) not in opened - {("global",)} else ""
        sections.append(f"### {name}\n\n{text}{head}" + "\n".join(rows))
    return "\n\n".join(sections)


def files_of(chart: Path) -> dict[Path, str]:
    """What this program writes: the text by path."""
    values = values_of((chart / "values.yaml").read_text("utf-8"))
    deprecated = yaml.safe_load((chart / "files" / "deprecated.yaml").read_text("utf-8"))
    readme = (chart / "README.md.in").read_text("utf-8").replace("<!-- values -->", table_of(values))
    schema = json.dumps(schema_of(values, deprecated), indent=2, ensure_ascii=False) + "\n"
    return {chart / "README.md": readme, chart / "values.schema.json": schema}


def main() -> int:
    files = files_of(CHART)
    if "--check" not in sys.argv[1:]:
        for path, text in files.items():
            path.write_text(text, "utf-8")
        return 0
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{path.name}: is not what values.yaml says; run deploy/helm/chart_files.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
