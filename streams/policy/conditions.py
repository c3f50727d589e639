"""Conditions of rules, compiled once into closures.

A condition is a mapping with one key:

    all, any: [condition…]     not, known: condition       `known`: what is not known counts as no
    term: name                 a condition that the pack or `terms.yaml` names
    act: [name…]               what is asked for
    act.traits, act.attributes: values      what the act works on, or is after
    act.approved: true         the approval that the request names covers the act
    party: {type, country, level: values}   one of the parties is all of this
    somewhere_in: [country…]   the place or a party is in one of these; not known counts as no
    since: date                the event time is at or after the date (UTC)
    <fact>: values             a fact of the vocabulary has one of the values

`values` is a list, the name of a set, or {in: list or set, unstated: true, only: true}: `unstated` lets a fact that is
not known count as a match; `only` asks that all values, and at least one, are declared ones in the list.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from streams.events import Evidence
from streams.facts.gather import Facts
from streams.facts.known import Act, Known, Party
from streams.facts.vocabulary import FactKind, vocabulary
from streams.policy.truth import Truth, conjunction, disjunction, negation, when_known

Condition = Callable[[Facts, Act | None], Truth]
Trigger = frozenset[str]
Report = Callable[[tuple[str | int, ...], str], None]
Where = tuple[str | int, ...]

_PARTY_FIELDS = ("type", "country", "level")


class Compiled(NamedTuple):
    """`triggers`: acts and closed facts one of which must be there for the condition to be anything but false."""

    holds: Condition
    triggers: Trigger | None


def _never(facts: Facts, act: Act | None) -> Truth:
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


def compile_condition(node: Any, scope: Scope, where: Where) -> Compiled:
    """Compile a condition as read from YAML. Every fault is reported with its place; none is raised."""
    if not isinstance(node, dict) or len(node) != 1:
        scope.report(where, "a condition is a mapping with one key")
        return Compiled(_never, frozenset())
    key, value = next(iter(node.items()))
    inside = (*where, key)
    if key in _COMPILERS:
        return _COMPILERS[key](value, scope, inside)
    kind = vocabulary().facts.get(key)
    if kind is None:
        scope.report(where, f"unknown condition {key!r}; known are {', '.join(sorted(_COMPILERS))} and the facts")
        return Compiled(_never, frozenset())
    return _compile_fact(key, kind, value, scope, inside)


def compile_day(value: Any, scope: Scope, where: Where) -> int:
    """A date as ms since 1970 at its start in UTC."""
    if isinstance(value, datetime) or not isinstance(value, date):
        scope.report(where, "not a date (YYYY-MM-DD)")
        return 0
    return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)


def _is_country(item: object) -> bool:
    """ISO 3166-1 alpha-2. An unquoted NO is YAML's false, and is caught here."""
    return isinstance(item, str) and len(item) == 2 and item.isascii() and item.isupper()


def wanted(value: Any, allowed: frozenset[Any] | None, scope: Scope, where: Where) -> Wanted:
    """Read `values`, checked against the vocabulary (`allowed` None: countries)."""
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
        if item not in allowed if allowed is not None else not _is_country(item):
            scope.report((*where, index), f"{item!r} is no value of this fact")
    return Wanted(frozenset(item for item in value if isinstance(item, str | bool)), **options)


def _matching(known: Iterable[Known], values: frozenset[Any]) -> tuple[Evidence, ...]:
    return tuple(item.evidence for item in known if item.value in values)


def _compile_fact(name: str, kind: FactKind, value: Any, scope: Scope, where: Where) -> Compiled:
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


def _compile_act(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, vocabulary().acts, scope, where)

    def holds(facts: Facts, act: Act | None) -> Truth:
        if act is None:
            return Truth(False)
        return Truth(act.name in want.values, act.evidence)

    return Compiled(holds, frozenset(want.values))


def _compile_traits(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, vocabulary().traits, scope, where)
    return Compiled(_act_values("use.traits", want, lambda act: act.traits, lambda act: act.trait_evidence), None)


def _compile_attributes(value: Any, scope: Scope, where: Where) -> Compiled:
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


def _compile_approved(value: Any, scope: Scope, where: Where) -> Compiled:
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


def _compile_party(value: Any, scope: Scope, where: Where) -> Compiled:
    words = vocabulary()
    allowed = {"type": words.party_types, "level": words.party_levels, "country": None}
    if not isinstance(value, dict) or not value:
        scope.report(where, "a mapping with type, country or level")
        return Compiled(_never, frozenset())
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


def _compile_somewhere(value: Any, scope: Scope, where: Where) -> Compiled:
    want = wanted(value, None, scope, where)

    def holds(facts: Facts, act: Act | None) -> Truth:
        countries = [party.fields["country"] for party in facts.parties if "country" in party.fields]
        found = _matching((*facts.values.get("use.place.country", ()), *countries), want.values)
        return Truth(bool(found), found[:1])

    return Compiled(holds, None)


def _compile_since(value: Any, scope: Scope, where: Where) -> Compiled:
    start = compile_day(value, scope, where)
    return Compiled(lambda facts, act: Truth(facts.at >= start), None)


def _parts(value: Any, scope: Scope, where: Where) -> list[Compiled]:
    if not isinstance(value, list) or not value:
        scope.report(where, "a list of conditions")
        return [Compiled(_never, frozenset())]
    return [compile_condition(part, scope, (*where, index)) for index, part in enumerate(value)]


def _compile_all(value: Any, scope: Scope, where: Where) -> Compiled:
    parts = _parts(value, scope, where)
    tests = [part.holds for part in parts]
    triggers = [part.triggers for part in parts if part.triggers is not None]
    return Compiled(
        lambda facts, act: conjunction(test(facts, act) for test in tests), min(triggers, key=_reach, default=None)
    )


def _reach(triggers: Trigger) -> tuple[bool, int]:
    """Any one of the necessary triggers serves: acts first, since an act is judged by itself; then the fewest."""
    return not triggers <= vocabulary().acts, len(triggers)


def _compile_any(value: Any, scope: Scope, where: Where) -> Compiled:
    parts = _parts(value, scope, where)
    tests = [part.holds for part in parts]
    triggers = [part.triggers for part in parts]
    joined = None if None in triggers else frozenset().union(*(item for item in triggers if item is not None))
    return Compiled(lambda facts, act: disjunction(test(facts, act) for test in tests), joined)


def _compile_not(value: Any, scope: Scope, where: Where) -> Compiled:
    part = compile_condition(value, scope, where).holds
    return Compiled(lambda facts, act: negation(part(facts, act)), None)


def _compile_known(value: Any, scope: Scope, where: Where) -> Compiled:
    part = compile_condition(value, scope, where)
    return Compiled(lambda facts, act: when_known(part.holds(facts, act)), part.triggers)


def _compile_term(value: Any, scope: Scope, where: Where) -> Compiled:
    if value not in scope.terms:
        scope.report(where, f"no term is called {value!r}")
    elif value in scope.open_terms:
        scope.report(where, f"the term {value!r} leads back to itself")
    else:
        return compile_condition(
            scope.terms[value], scope._replace(open_terms=(*scope.open_terms, value)), (*where, value)
        )
    return Compiled(_never, frozenset())


_COMPILERS: Mapping[str, Callable[[Any, Scope, Where], Compiled]] = {
    "all": _compile_all,
    "any": _compile_any,
    "not": _compile_not,
    "known": _compile_known,
    "term": _compile_term,
    "act": _compile_act,
    "act.traits": _compile_traits,
    "act.attributes": _compile_attributes,
    "act.approved": _compile_approved,
    "party": _compile_party,
    "somewhere_in": _compile_somewhere,
    "since": _compile_since,
}
