"""The atoms of conditions: what is asked of one fact, act, party, place or time."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from streams.events import Evidence
from streams.facts.gather import Facts
from streams.facts.known import Act, Known, Party
from streams.facts.vocabulary import FactKind, vocabulary
from streams.policy.truth import Truth, conjunction, disjunction

Condition = Callable[[Facts, Act | None], Truth]
Trigger = frozenset[str]
Report = Callable[[tuple[str | int, ...], str], None]
Where = tuple[str | int, ...]

_PARTY_FIELDS = ("type", "country", "level")
_PLACE_FIELDS = ("country", "subdivision")
_PLACE_FACTS = ("use.place.country", "use.place.subdivision")
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class Compiled(NamedTuple):
    """`triggers`: acts and closed facts one of which must be there for the condition to be anything but false."""

    holds: Condition
    triggers: Trigger | None


def never(facts: Facts, act: Act | None) -> Truth:
    """Stands in for what could not be compiled."""
    return Truth(False)


class Wanted(NamedTuple):
    """The values that a condition asks for."""

    values: frozenset[Any]
    unstated: bool = False
    only: bool = False


class Scope(NamedTuple):
    """What a condition may refer to, and where its faults go."""

    terms: Mapping[str, Any]
    sets: Mapping[str, list[Any]]
    report: Report
    open_terms: tuple[str, ...] = ()


def compile_day(value: Any, scope: Scope, where: Where) -> int:
    """A date as ms since 1970 at its start in UTC."""
    if isinstance(value, datetime) or not isinstance(value, date):
        scope.report(where, "not a date (YYYY-MM-DD)")
        return 0
    return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)


def _is_place(item: object) -> bool:
    """ISO 3166-1 alpha-2 or 3166-2. An unquoted NO is YAML's false, and is caught here."""
    return isinstance(item, str) and _PLACE.fullmatch(item) is not None


def wanted(value: Any, allowed: frozenset[Any] | None, scope: Scope, where: Where) -> Wanted:
    """Read `values`, checked against the vocabulary (`allowed` None: places)."""
    options: dict[str, bool] = {}
    if isinstance(value, dict):
        for name in value.keys() - {"in", "unstated", "only"}:
            scope.report((*where, name), "unknown key; known are in, unstated, only")
        options = {name: value.get(name) is True for name in ("unstated", "only")}
        value = value.get("in", [])
    if isinstance(value, str):
        if value not in scope.sets:
            scope.report(where, f"no set is called {value!r}")
        value = scope.sets.get(value, [])
    if not isinstance(value, list) or not value:
        scope.report(where, "a list of values, or the name of a set")
        value = []
    for index, item in enumerate(value):
        if item not in allowed if allowed is not None else not _is_place(item):
            scope.report((*where, index), f"{item!r} is no value of this fact")
    return Wanted(frozenset(item for item in value if isinstance(item, str | bool)), **options)


def _matching(known: Iterable[Known], values: frozenset[Any]) -> tuple[Evidence, ...]:
    return tuple(item.evidence for item in known if item.value in values)


def compile_fact(name: str, kind: FactKind, value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, kind.values, scope, where)
    absent = Truth(True) if want.unstated else Truth(False) if kind.closed else Truth(None, (), (name,))

    def holds(facts: Facts, act: Act | None) -> Truth:
        known = facts.values.get(name)
        if known is None:
            return absent
        found = _matching(known, want.values)
        if want.only and (len(found) != len(known) or any(item.origin != "declared" for item in found)):
            return Truth(False, tuple(item.evidence for item in known))
        return Truth(True, found) if found else Truth(False, tuple(item.evidence for item in known))

    closed = kind.closed and not want.unstated
    return Compiled(holds, frozenset({name}) if closed else None)


def compile_act(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, vocabulary().acts, scope, where)

    def holds(facts: Facts, act: Act | None) -> Truth:
        if act is None:
            return Truth(False)
        return Truth(act.name in want.values, act.evidence)

    return Compiled(holds, frozenset(want.values))


def compile_traits(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, vocabulary().traits, scope, where)
    return Compiled(_act_values("use.traits", want, lambda act: act.traits, lambda act: act.trait_evidence), None)


def compile_attributes(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, vocabulary().attributes, scope, where)
    read = _act_values("use.attributes", want, lambda act: act.attributes, lambda act: act.attribute_evidence)
    return Compiled(read, None)


def _act_values(
    name: str,
    want: Wanted,
    values: Callable[[Act], frozenset[str]],
    evidence: Callable[[Act], tuple[Evidence, ...]],
) -> Condition:
    absent = Truth(True) if want.unstated else Truth(None, (), (name,))

    def holds(facts: Facts, act: Act | None) -> Truth:
        if act is None:
            return Truth(False)
        known = values(act)
        if not known:
            return absent
        fits = known <= want.values if want.only else not known.isdisjoint(want.values)
        return Truth(fits, evidence(act))

    return holds


def compile_approved(value: Any, scope: Scope, where: Where) -> Compiled:
    if value is not True:
        scope.report(where, "act.approved takes only true; turn it round with not")

    def holds(facts: Facts, act: Act | None) -> Truth:
        approval = facts.approval
        if act is None or approval is None:
            return Truth(False)
        covered = act.name in approval.capabilities or (
            act.name not in vocabulary().contract_capabilities and "other" in approval.capabilities
        )
        return Truth(covered, (Evidence("use.approval", approval.id, "declared", "/use/approval"),) if covered else ())

    return Compiled(holds, None)


def compile_party(value: Any, scope: Scope, where: Where) -> Compiled:
    words = vocabulary()
    allowed = {"type": words.party_types, "level": words.party_levels, "country": None}
    if not isinstance(value, dict) or not value:
        scope.report(where, "a mapping with type, country or level")
        return Compiled(never, frozenset())
    for name in value.keys() - set(_PARTY_FIELDS):
        scope.report((*where, name), "unknown key; known are type, country, level")
    asked = [
        (name, wanted(value[name], allowed[name], scope, (*where, name))) for name in _PARTY_FIELDS if name in value
    ]

    def one(party: Party) -> Truth:
        return conjunction(_party_field(party, name, want) for name, want in asked)

    return Compiled(lambda facts, act: disjunction(one(party) for party in facts.parties), None)


def _party_field(party: Party, name: str, want: Wanted) -> Truth:
    known = party.fields.get(name)
    if known is None:
        return Truth(True) if want.unstated else Truth(None, (), (f"{party.place}.{name}",))
    return Truth(known.value in want.values, (known.evidence,))


def compile_somewhere(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, None, scope, where)

    def holds(facts: Facts, act: Act | None) -> Truth:
        places = [known for name in _PLACE_FACTS for known in facts.values.get(name, ())]
        places += [party.fields[name] for party in facts.parties for name in _PLACE_FIELDS if name in party.fields]
        found = _matching(places, want.values)
        return Truth(bool(found), found[:1])

    return Compiled(holds, None)


def compile_since(value: Any, scope: Scope, where: Where) -> Compiled:
    start = compile_day(value, scope, where)
    return Compiled(lambda facts, act: Truth(facts.at >= start), None)


ATOMS: Mapping[str, Callable[[Any, Scope, Where], Compiled]] = {
    "act": compile_act,
    "act.traits": compile_traits,
    "act.attributes": compile_attributes,
    "act.approved": compile_approved,
    "party": compile_party,
    "somewhere_in": compile_somewhere,
    "since": compile_since,
}
