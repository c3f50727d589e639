"""A rule, read from YAML and compiled. Every fault is reported at its field; none is raised."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from streams.events import OutcomeName
from streams.facts.vocabulary import vocabulary
from streams.policy.atoms import Condition, Report, Scope, compile_day
from streams.policy.conditions import compile_condition

FOREVER = 1 << 62
RULE_FIELDS = {
    "rule": "a name: small letters, digits and hyphens",
    "clause": "the id of a clause that pack.yaml lists",
    "outcome": "deny, hold or flag",
    "rank": "a whole number from 1 to 9999; the smallest leads among reasons of the same outcome",
    "when": "a condition",
    "message": "what the person refused reads: what was asked, what is not allowed, what would be",
}
OPTIONAL_FIELDS = {
    "unknown": "nothing, flag or hold: what it means when a fact that the rule hinges on is not known",
    "message_unknown": "the message in that case",
    "from": "a date, inclusive",
    "until": "a date, exclusive",
    "services": "a list of providers, or providers with the date from which the rule binds them",
    "duty": "true: makes an allow a flag, and is silent beside a hold or a deny",
    "note": "for readers of the pack",
}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OUTCOMES = ("deny", "hold", "flag")
_UNKNOWN = ("nothing", "flag", "hold")
_MAX_RANK = 9999


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to judge. `services` gives for each provider the time (ms) from which the rule binds it."""

    pack: str
    order: int
    id: str
    clause: Mapping[str, Any]
    outcome: OutcomeName
    unknown: OutcomeName | Literal["nothing"]
    rank: int
    message: str
    message_unknown: str
    duty: bool
    start: int
    end: int
    services: Mapping[str, int]
    holds: Condition
    triggers: frozenset[str]
    file: str

    def binds(self, provider: str, at: int) -> bool:
        """Whether the rule is in force for this provider at this time (ms since 1970)."""
        return self.start <= at < self.end and self.services.get(provider, FOREVER) <= at


@dataclass(frozen=True, slots=True)
class PackFrame:
    """What a rule takes from its pack: terms and sets in reach, its clauses, and whom it binds by default."""

    pack: str
    order: int
    terms: Mapping[str, Any]
    sets: Mapping[str, list[Any]]
    clauses: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, int]
    gate: Condition | None


def compile_rule(node: Any, frame: PackFrame, file: str, report: Report) -> Rule | None:
    """Compile one rule; None where it is no rule at all. Faults go to `report`."""
    if not isinstance(node, dict):
        report((), "a rule is a mapping with the fields " + ", ".join(RULE_FIELDS))
        return None
    for name in sorted(RULE_FIELDS.keys() - node.keys()):
        report((name,), f"missing: {RULE_FIELDS[name]}")
    for name in sorted(node.keys() - RULE_FIELDS.keys() - OPTIONAL_FIELDS.keys()):
        report((name,), "unknown field; known are " + ", ".join([*RULE_FIELDS, *OPTIONAL_FIELDS]))
    _check_scalars(node, frame, report)
    scope = Scope(frame.terms, frame.sets, report)
    condition = compile_condition(node["when"], scope, ("when",)) if "when" in node else None
    if condition is not None and condition.triggers is None:
        report(("when",), "names no act and no fact that must be there, so every request would meet it")
    start = compile_day(node["from"], scope, ("from",)) if "from" in node else 0
    end = compile_day(node["until"], scope, ("until",)) if "until" in node else FOREVER
    if start >= end:
        report(("until",), "not after from: the rule would never hold")
    services = compile_services(node["services"], scope, ("services",)) if "services" in node else frame.services
    if condition is None:
        return None
    message = str(node.get("message", "")).strip()
    return Rule(
        pack=frame.pack,
        order=frame.order,
        id=str(node.get("rule", "")),
        clause=frame.clauses.get(str(node.get("clause")), {}),
        outcome=node["outcome"] if node.get("outcome") in _OUTCOMES else "deny",
        unknown=cast("Any", node.get("unknown", "nothing")),
        rank=node["rank"] if isinstance(node.get("rank"), int) else _MAX_RANK,
        message=message,
        message_unknown=str(node.get("message_unknown", message)).strip(),
        duty=node.get("duty") is True,
        start=start,
        end=end,
        services=services,
        holds=_gated(condition.holds, frame.gate),
        triggers=condition.triggers or frozenset(),
        file=file,
    )


def _gated(holds: Condition, gate: Condition | None) -> Condition:
    """The rule's condition behind the one that says where its pack applies at all."""
    if gate is None:
        return holds

    def both(facts: Any, act: Any) -> Any:
        truth = gate(facts, act)
        return holds(facts, act) if truth.holds else truth

    return both


def _check_scalars(node: Mapping[str, Any], frame: PackFrame, report: Report) -> None:
    def check(name: str, fits: bool) -> None:
        if name in node and not fits:
            report((name,), f"not {(RULE_FIELDS | OPTIONAL_FIELDS)[name]}")

    rank, identifier = node.get("rank"), node.get("rule")
    check("rule", isinstance(identifier, str) and _NAME.fullmatch(identifier) is not None)
    check("clause", node.get("clause") in frame.clauses)
    check("outcome", node.get("outcome") in _OUTCOMES)
    check("unknown", node.get("unknown") in _UNKNOWN)
    check("rank", isinstance(rank, int) and not isinstance(rank, bool) and 1 <= rank <= _MAX_RANK)
    check("duty", node.get("duty") is True)
    if node.get("duty") is True and node.get("outcome") != "flag":
        report(("duty",), "a duty flags; its outcome is flag")
    for name in ("message", "message_unknown"):
        text = node.get(name)
        check(name, isinstance(text, str) and bool(text.strip()))


def compile_services(value: Any, scope: Scope, where: tuple[str | int, ...]) -> dict[str, int]:
    """Providers with the time (ms) from which they are bound: from a list (always) or a mapping to dates."""
    providers = vocabulary().providers
    if isinstance(value, list):
        value = dict.fromkeys(item if isinstance(item, str) else "" for item in value)
    if not isinstance(value, dict) or not value:
        scope.report(where, f"not {OPTIONAL_FIELDS['services']}")
        return {}
    for name in value:
        if name not in providers:
            scope.report((*where, name), "no provider; known are " + ", ".join(sorted(providers)))
    return {
        name: 0 if day is None else compile_day(day, scope, (*where, name))
        for name, day in value.items()
        if name in providers
    }
