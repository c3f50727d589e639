"""Conditions of rules, compiled once into closures.

A condition is a mapping with one key:

    all, any: [condition…]     not, known: condition       `known`: what is not known counts as no
    term: name                 a condition that the pack or `terms.yaml` names
    act: [name…]               what is asked for
    act.traits, act.attributes: values      what the act works on, or is after
    act.approved: true         the approval that the request names covers the act
    party: {type, country, level: values}   one of the parties is all of this
    somewhere_in: [place…]     the place or a party is in one of these countries or subdivisions; not known counts as no
    since: date                the event time is at or after the date (UTC)
    <fact>: values             a fact of the vocabulary has one of the values

`values` is a list, the name of a set, or {in: list or set, unstated: true, only: true}: `unstated` lets a fact that is
not known count as a match; `only` asks that all values, and at least one, are declared ones in the list.
"""

from collections.abc import Callable, Mapping
from typing import Any

from streams.facts.vocabulary import vocabulary
from streams.policy.atoms import ATOMS, Compiled, Scope, Trigger, Where, compile_fact, never
from streams.policy.truth import conjunction, disjunction, negation, when_known


def compile_condition(node: Any, scope: Scope, where: Where) -> Compiled:
    """Compile a condition as read from YAML. Every fault is reported with its place; none is raised."""
    if not isinstance(node, dict) or len(node) != 1:
        scope.report(where, "a condition is a mapping with one key")
        return Compiled(never, frozenset())
    key, value = next(iter(node.items()))
    inside = (*where, key)
    if key in _COMPILERS:
        return _COMPILERS[key](value, scope, inside)
    kind = vocabulary().facts.get(key)
    if kind is None:
        scope.report(where, f"unknown condition {key!r}; known are {', '.join(sorted(_COMPILERS))} and the facts")
        return Compiled(never, frozenset())
    return compile_fact(key, kind, value, scope, inside)


def _parts(value: Any, scope: Scope, where: Where) -> list[Compiled]:
    if not isinstance(value, list) or not value:
        scope.report(where, "a list of conditions")
        return [Compiled(never, frozenset())]
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
    return Compiled(never, frozenset())


_COMPILERS: Mapping[str, Callable[[Any, Scope, Where], Compiled]] = {
    "all": _compile_all,
    "any": _compile_any,
    "not": _compile_not,
    "known": _compile_known,
    "term": _compile_term,
    **ATOMS,
}
