"""Cases of rules: requests beside the rule, in lists named by the outcome that they must have.

A case is judged as a whole request under the packs that are loaded by default, through the moderator like any other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from streams.events import Record
from streams.facts.approvals import Approval, parse_approvals
from streams.policy.source import Fault, Source, read_source

OUTCOMES = ("deny", "hold", "flag", "allow", "spared")
_FILE_FIELDS = frozenset({"clause", "inexpressible", *OUTCOMES})
_EXPECTED = ("leading", "also", "never", "unknown", "outcome")
_ABOUT = frozenset({"name", "clause", "example", "row", "time", "approvals", "known_miss", *_EXPECTED})
_CONTENT = frozenset({"system", "text", "images", "audio", "tools", "schema"})
_DATA = frozenset(
    {"tenant", "user", "session", "actor", "on_behalf_of", "service", "use", "body", "attachments", "signals"}
)
_TIME = "2026-06-01T00:00:00Z"
_APPROVAL = {"tenant": "t-1", "provider": "azure-openai"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `outcome` is that of the whole request, None for `spared` without one."""

    file: str
    line: int
    clause: str
    kind: str
    name: str
    example: str | None
    outcome: str | None
    leading: str | None
    also: tuple[str, ...]
    never: tuple[str, ...]
    unknown: tuple[str, ...]
    known_miss: bool
    record: Record
    approvals: Mapping[str, Approval]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one clause; `inexpressible` are examples that one request cannot express, with the reason."""

    clause: str
    cases: tuple[Case, ...]
    inexpressible: Mapping[str, str]


def read_cases(path: Path, name: str | None = None) -> tuple[CaseFile, list[Fault]]:
    """Read a cases file, with every fault found in it."""
    source = read_source(path, name or str(path))
    if isinstance(source, Fault):
        return CaseFile("", (), {}), [source]
    faults: list[Fault] = []
    data = source.data if isinstance(source.data, dict) else {}
    clause = data.get("clause")
    known = ", ".join(sorted(_FILE_FIELDS))
    faults += [
        source.fault((field,), f"unknown field; known are {known}") for field in sorted(data.keys() - _FILE_FIELDS)
    ]
    cases = [case for kind in OUTCOMES for case in _cases(source, data, kind, faults)]
    seen: set[str] = set()
    for case in cases:
        if case.name in seen:
            faults.append(Fault(case.file, case.line, "name", "another case of the file has the same name"))
        seen.add(case.name)
    inexpressible = {
        str(entry.get("example")): str(entry.get("reason"))
        for entry in data.get("inexpressible") or ()
        if isinstance(entry, dict)
    }
    return CaseFile(str(clause or ""), tuple(cases), inexpressible), faults


def _cases(source: Source, data: Mapping[str, Any], kind: str, faults: list[Fault]) -> Iterator[Case]:
    rows = data.get(kind) or []
    if not isinstance(rows, list):
        faults.append(source.fault((kind,), "a list of cases"))
        return
    for index, row in enumerate(rows):
        where = (kind, index)
        if not isinstance(row, dict) or not isinstance(row.get("name"), str):
            faults.append(source.fault(where, "a case is a mapping with a name"))
            continue
        strange = sorted(row.keys() - _ABOUT - _CONTENT - _DATA)
        faults += [source.fault((*where, field), "no field of a case") for field in strange]
        try:
            yield _case(source, where, kind, row, str(row.get("clause") or data.get("clause") or ""))
        except (ValueError, TypeError, KeyError) as error:
            faults.append(source.fault(where, f"not a request: {type(error).__name__}"))


def _case(source: Source, where: tuple[str, int], kind: str, row: Mapping[str, Any], clause: str) -> Case:
    fault = source.fault(where, "")
    outcome = row.get("outcome") if kind == "spared" else kind
    leads = kind in ("deny", "hold", "flag")
    return Case(
        file=fault.file,
        line=fault.line,
        clause=clause,
        kind=kind,
        name=row["name"],
        example=row.get("example"),
        outcome=outcome,
        leading=row.get("leading", clause if leads else None),
        also=tuple(row.get("also") or ()),
        never=tuple(row.get("never") or ()),
        unknown=tuple(row.get("unknown") or ()),
        known_miss=row.get("known_miss") is True,
        record=Record(orjson.dumps(_event(row, f"{clause}/{kind}/{where[1]}"))),
        approvals=_approvals(row.get("approvals") or (), fault.file),
    )


def _approvals(rows: Iterable[Any], name: str) -> Mapping[str, Approval]:
    lines = [orjson.dumps({**_APPROVAL, **{key: _text(value) for key, value in row.items()}}) for row in rows]
    return parse_approvals(lines, name)


def _text(value: Any) -> Any:
    """YAML reads an unquoted time as one; the contract writes it as text."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _event(row: Mapping[str, Any], identity: str) -> dict[str, Any]:
    data = {"tenant": "t-1", "service": {}, **{name: row[name] for name in _DATA & row.keys()}}
    data["service"] = {"provider": "azure-openai", "operation": "chat.completions", **data["service"]}
    if _CONTENT & row.keys():
        _add_content(data, row)
    return {
        "specversion": "1.0",
        "type": "moderation.request.v1",
        "source": "/cases",
        "id": identity,
        "time": _text(row.get("time", _TIME)),
        "data": data,
    }


def _add_content(data: dict[str, Any], row: Mapping[str, Any]) -> None:
    """A chat body from the shorthands system, text, images, audio, tools and schema."""
    kinds = ["image"] * row.get("images", 0) + ["audio"] * row.get("audio", 0)
    text = row.get("text", "")
    content: Any = text
    if kinds:
        first = len(data.get("attachments") or ())
        data["attachments"] = [*(data.get("attachments") or ()), *({"kind": kind} for kind in kinds)]
        content = [{"type": "text", "text": text}] if text else []
        content += [_part(kind, first + index) for index, kind in enumerate(kinds)]
    messages = [{"role": "system", "content": row["system"]}] if "system" in row else []
    if content:
        messages.append({"role": "user", "content": content})
    body = dict(data.get("body") or {})
    body["messages"] = [*body.get("messages", ()), *messages]
    if "tools" in row:
        body["tools"] = [_tool(tool) for tool in row["tools"]]
    if "schema" in row:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": row["schema"]},
        }
    data["body"] = body


def _part(kind: str, index: int) -> dict[str, Any]:
    place = f"attachment://{index}"
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": place}}
    return {"type": "input_audio", "input_audio": {"data": place}}


def _tool(tool: Any) -> Any:
    return {"type": "function", "function": {"name": tool}} if isinstance(tool, str) else tool
