"""The closed vocabulary of facts: every name a rule may ask for, and every value it may ask about.

Values come from the enumerations of `schemas/request.v1.schema.json`, so that a rule cannot ask for a word that no
request can say.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from streams.schema_files import load_schema

FURTHER_ACTS = frozenset({"stalk", "disable_filters", "evade_policy", "film_intimate_place"})
"""Acts that only content can name: the contract has no capability for them."""

FILTER_CATEGORIES = ("hate", "sexual", "violence", "self_harm")
FILTER_DETECTIONS = ("jailbreak", "indirect_attack", "protected_material_text")


class FactKind(NamedTuple):
    """What a fact may be. `closed`: its absence means "no", where for other facts it means "not known"."""

    values: frozenset[str | bool]
    closed: bool = False


class Vocabulary(NamedTuple):
    """Everything a condition may name."""

    facts: Mapping[str, FactKind]
    acts: frozenset[str]
    traits: frozenset[str]
    attributes: frozenset[str]
    party_types: frozenset[str]
    party_levels: frozenset[str]
    providers: frozenset[str]
    contract_capabilities: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once from the request schema."""
    definitions = load_schema("request.v1")["$defs"]

    def values(name: str) -> frozenset[str]:
        return frozenset(item for item in definitions[name]["enum"] if item is not None)

    capabilities = values("capability")
    return Vocabulary(
        facts=_fact_kinds(definitions, values),
        acts=capabilities | FURTHER_ACTS,
        traits=values("trait"),
        attributes=values("attribute"),
        party_types=values("party_type"),
        party_levels=values("party_level"),
        providers=values("provider"),
        contract_capabilities=capabilities,
    )


def _fact_kinds(definitions: Mapping[str, Any], values: Any) -> dict[str, FactKind]:
    kinds: dict[str, FactKind] = {
        "use.about": FactKind(values("about")),
        "use.decision": FactKind(values("decision"), closed=True),
        "use.basis": FactKind(values("basis")),
        "use.timing": FactKind(values("timing")),
        "use.camera": FactKind(values("camera")),
        "use.environment": FactKind(values("environment")),
        "use.place.public": FactKind(frozenset({True, False})),
        "use.place.kind": FactKind(values("place_kind")),
        "use.gallery": FactKind(values("gallery")),
        "use.consent": FactKind(values("consent")),
        "use.oversight": FactKind(values("oversight")),
        "use.subjects": FactKind(values("subject")),
        "service.provider": FactKind(values("provider")),
        "service.operation": FactKind(values("operation"), closed=True),
        "attachments.kind": FactKind(values("attachment_kind"), closed=True),
    }
    severities: frozenset[str | bool] = frozenset({"low", "medium", "high", "filtered"})
    for category in FILTER_CATEGORIES:
        kinds[f"signals.content_filter.{category}"] = FactKind(severities, closed=True)
    for detection in FILTER_DETECTIONS:
        kinds[f"signals.content_filter.{detection}"] = FactKind(frozenset({"detected", "filtered"}), closed=True)
    return kinds
