"""Facts as values. A fact that is absent here is *not known*: neither true nor false."""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.events import Evidence

FactValue = str | bool


@dataclass(frozen=True, slots=True)
class Known:
    """One value of a fact, and where it came from."""

    value: FactValue
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Act:
    """Something the request asks for: a capability of the contract, or a further act that only content can name.

    Empty `traits` or `attributes` mean that they are not known. `evidence` is what the act itself rests on.
    """

    name: str
    traits: frozenset[str]
    attributes: frozenset[str]
    evidence: tuple[Evidence, ...]
    trait_evidence: tuple[Evidence, ...] = ()
    attribute_evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """The actor, or one that it acts for. `fields` holds what is known of type, level and country."""

    place: str
    fields: Mapping[str, Known]
