"""From a matched pattern to what is found: the traits, attributes and countries that the matched sentence names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from streams.reading.findings import ActFound, FactFound, Manner, PartyFound, Span
from streams.reading.lexicon import Bits, Concepts
from streams.reading.patterns import Pattern

WITH_ATTRIBUTES: Final = frozenset(("infer_attribute", "categorise_sensitive"))
"""The acts that are after attributes of people."""

_Names = list[tuple[Bits, str]]


class Naming:
    """The names that concepts.yaml gives to concepts."""

    def __init__(self, source: Mapping[str, Any], concepts: Concepts, sensitive: Bits) -> None:
        bit = concepts.bit
        self._traits = _names(source["traits"], bit)
        self._media_traits = _names(source["media_traits"], bit)
        self._attributes = _names(source["attributes"], bit)
        self._places = _names(source["places"], bit)
        self._countries = _names(source["countries"], bit) + self._places
        self._levels = _names(source["levels"], bit)
        self._wanted = {"sensitive": sensitive, "mild": ~sensitive}
        self._many = bit["MANY"]

    def act(self, pattern: Pattern, bits: Bits, request: Bits, manner: Manner, spans: tuple[Span, ...]) -> ActFound:
        """The act of a pattern met by a sentence with the concepts `bits` in a request with `request`."""
        traits = pattern.traits or self._traits_of(bits, request)
        many = pattern.many or bool(bits & self._many)
        return ActFound(pattern.name, traits, self._attributes_of(pattern, bits), manner, spans, many)

    def facts(self, pattern: Pattern, bits: Bits, spans: tuple[Span, ...]) -> list[FactFound]:
        """The fact of a pattern; one for each country where its value is the country named."""
        if pattern.value != "found":
            return [FactFound(pattern.name, pattern.value, spans)]
        return [FactFound(pattern.name, country, spans) for country in _named(bits, self._places)]

    def party(self, pattern: Pattern, bits: Bits, spans: tuple[Span, ...]) -> PartyFound:
        """The party of a pattern with the country and level that the sentence gives it."""
        country = pattern.country or next(iter(_named(bits, self._countries)), None)
        level = pattern.level or next(iter(_named(bits, self._levels)), None)
        return PartyFound(pattern.name, country, level, spans)

    def _traits_of(self, bits: Bits, request: Bits) -> frozenset[str]:
        return frozenset(
            _named(bits, self._traits) or _named(bits, self._media_traits) or _named(request, self._media_traits)
        )

    def _attributes_of(self, pattern: Pattern, bits: Bits) -> frozenset[str]:
        if not isinstance(pattern.attributes, str):
            return pattern.attributes
        if pattern.name not in WITH_ATTRIBUTES:
            return frozenset()
        found = set(_named(bits & self._wanted.get(pattern.attributes, -1), self._attributes))
        if "exact_age" in found and "age_range" in _named(bits, self._attributes):
            found = found - {"exact_age"} | {"age_range"}
        return frozenset(found)


def merged_acts(acts: Iterable[ActFound]) -> tuple[ActFound, ...]:
    """One finding for each act, manner and set of traits and attributes, with all its places."""
    merged: dict[tuple[Any, ...], ActFound] = {}
    for act in acts:
        key = (act.act, act.traits, act.attributes, act.manner)
        known = merged.get(key)
        if known is not None:
            act = known._replace(spans=_joined(known.spans, act.spans), many=known.many or act.many)
        merged[key] = act
    return tuple(merged.values())


def merged_facts(facts: Iterable[FactFound]) -> tuple[FactFound, ...]:
    """One finding for each fact and value, with all its places."""
    merged: dict[tuple[str, str | bool], FactFound] = {}
    for fact in facts:
        known = merged.get(fact[:2])
        merged[fact[:2]] = fact if known is None else known._replace(spans=_joined(known.spans, fact.spans))
    return tuple(merged.values())


def merged_parties(parties: Iterable[PartyFound]) -> tuple[PartyFound, ...]:
    """One finding for each kind of party, country and level, with all its places."""
    merged: dict[tuple[str, str | None, str | None], PartyFound] = {}
    for party in parties:
        known = merged.get(party[:3])
        merged[party[:3]] = party if known is None else known._replace(spans=_joined(known.spans, party.spans))
    return tuple(merged.values())


def _joined(one: tuple[Span, ...], other: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(one + other))


def _names(source: Mapping[str, str], bit: Mapping[str, Bits]) -> _Names:
    return [(bit[concept], name) for concept, name in source.items()]


def _named(bits: Bits, names: _Names) -> list[str]:
    return [name for bit, name in names if bits & bit]
