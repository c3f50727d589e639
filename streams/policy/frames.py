"""The frame of a pack: what its rules share, read from `pack.yaml` and the terms that every pack may use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.facts.vocabulary import vocabulary
from streams.policy.atoms import Report, Scope, compile_day
from streams.policy.conditions import compile_condition
from streams.policy.rules import PackFrame, compile_services
from streams.policy.source import Fault, Source, read_source

TERMS_FILE = Path(__file__).parent / "terms.yaml"
PACK_FIELDS = {
    "pack": "the id of the pack",
    "version": "the version of the pack",
    "title": "one line about it",
    "clauses": "clauses by id, each {title, url?, not_decided?}",
}
_PACK_OPTIONAL = ("services", "where", "sets", "terms", "items", "note")
_CLAUSE_FIELDS = frozenset({"title", "url", "not_decided"})


@dataclass(frozen=True, slots=True)
class Items:
    """Numbers that another code gives to clauses, from a date on (Enterprise code v4.0)."""

    start: int
    numbers: dict[str, int]


def reporter(source: Source, faults: list[Fault]) -> Report:
    """Where a compiler tells its faults: they are kept with file and line."""

    def report(where: tuple[str | int, ...], problem: str) -> None:
        faults.append(source.fault(where, problem))

    return report


def read_frame(head: Source, order: int, faults: list[Fault]) -> tuple[PackFrame | None, Items | None]:
    """What the rules of a pack share, from pack.yaml and the terms that every pack may use."""
    report = reporter(head, faults)
    data = head.data
    if not isinstance(data, dict) or not all(name in data for name in PACK_FIELDS):
        report((), "a pack has the fields " + ", ".join(PACK_FIELDS))
        return None, None
    for name in sorted(data.keys() - PACK_FIELDS.keys() - set(_PACK_OPTIONAL)):
        report((name,), "unknown field; known are " + ", ".join([*PACK_FIELDS, *_PACK_OPTIONAL]))
    shared = read_source(TERMS_FILE, TERMS_FILE.name)
    if isinstance(shared, Fault):
        faults.append(shared)
        return None, None
    terms = {**shared.data["terms"], **_mapping(data.get("terms"), report, "terms")}
    sets = {**shared.data["sets"], **_mapping(data.get("sets"), report, "sets")}
    scope = Scope(terms, sets, report)
    services = dict.fromkeys(vocabulary().providers, 0)
    if "services" in data:
        services = compile_services(data["services"], scope, ("services",))
    gate = compile_condition(data["where"], scope, ("where",)).holds if "where" in data else None
    clauses = _clauses(_mapping(data["clauses"], report, "clauses"), report)
    frame = PackFrame(str(data["pack"]), order, terms, sets, clauses, services, gate)
    return frame, _items(data["items"], scope) if "items" in data else None


def _mapping(value: Any, report: Report, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        report((name,), "not a mapping")
        return {}
    return value


def _clauses(data: dict[str, Any], report: Report) -> dict[str, dict[str, Any]]:
    clauses = {}
    for name, clause in data.items():
        if not isinstance(clause, dict) or not isinstance(clause.get("title"), str):
            report(("clauses", name), "a clause is {title, url?, not_decided?}")
            continue
        for field in sorted(clause.keys() - _CLAUSE_FIELDS):
            report(("clauses", name, field), "unknown field; known are title, url, not_decided")
        clauses[name] = {"id": name, "title": clause["title"], "url": clause.get("url")}
    return clauses


def _items(data: Any, scope: Scope) -> Items | None:
    if not isinstance(data, dict) or not isinstance(data.get("numbers"), dict):
        scope.report(("items",), "items are {from, numbers: {clause: number}}")
        return None
    return Items(compile_day(data.get("from"), scope, ("items", "from")), dict(data["numbers"]))
