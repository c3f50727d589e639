"""Declared facts: what the gateway wrote into `data` outside `body`, trusted as it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from streams.events import Evidence
from streams.facts.known import Act, Known, Party
from streams.facts.vocabulary import FILTER_CATEGORIES, FILTER_DETECTIONS

_SINGLE = ("about", "timing", "camera", "environment", "gallery", "consent", "oversight")
_SETS = ("decision", "basis", "subjects")
_IMPLIED = {
    "face.detect": "detect",
    "face.identify": "identify",
    "face.verify": "verify",
    "face.find_similar": "find_similar",
    "face.group": "group",
    "audio.transcriptions": "transcribe",
    "audio.translations": "translate",
    "images.generations": "generate",
    "images.edits": "generate",
}
_TRAIT_OF_MEDIA = {"image": "face", "video": "face", "audio": "voice"}
_ABOUT_ATTRIBUTES = frozenset({"infer_attribute", "categorise_sensitive"})
_PARTY_FIELDS = ("type", "level", "country", "subdivision")


def declared(fact: str, value: str | bool, path: str) -> Known:
    """A declared value with its evidence."""
    return Known(value, Evidence(fact, value, "declared", path))


def declared_values(data: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """Every declared fact of `use`, the attachments and the signals, as (name, value)."""
    yield from _of_use(data.get("use") or {})
    provider = data["service"]["provider"]
    yield "service.provider", declared("service.provider", provider, "/service/provider")
    if operation := data["service"].get("operation"):
        yield "service.operation", declared("service.operation", operation, "/service/operation")
    for index, attachment in enumerate(data.get("attachments") or ()):
        yield "attachments.kind", declared("attachments.kind", attachment["kind"], f"/attachments/{index}/kind")
        if attachment.get("camera") is not None:
            yield "use.camera", declared("use.camera", attachment["camera"], f"/attachments/{index}/camera")
    if data.get("signals"):
        yield from _filter_results(data["signals"])


def _of_use(use: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    for name in _SINGLE:
        value = use.get(name)
        if value is not None:
            yield f"use.{name}", declared(f"use.{name}", value, f"/use/{name}")
    for name in _SETS:
        for index, value in enumerate(use.get(name) or ()):
            yield f"use.{name}", declared(f"use.{name}", value, f"/use/{name}/{index}")
    place = use.get("place") or {}
    for name in ("country", "subdivision", "public", "kind"):
        value = place.get(name)
        if value is not None:
            yield f"use.place.{name}", declared(f"use.place.{name}", value, f"/use/place/{name}")


def _filter_results(signals: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """What the content filter said; a result of another shape than Azure OpenAI's says nothing."""
    results = signals.get("content_filter")
    if not isinstance(results, dict):
        return
    for name in (*FILTER_CATEGORIES, *FILTER_DETECTIONS):
        result = results.get(name)
        if not isinstance(result, dict):
            continue
        fact, path = f"signals.content_filter.{name}", f"/signals/content_filter/{name}"
        if result.get("filtered") is True:
            yield fact, declared(fact, "filtered", path + "/filtered")
        severity = result.get("severity")
        if name in FILTER_CATEGORIES and severity in ("low", "medium", "high"):
            yield fact, declared(fact, severity, path + "/severity")
        if name in FILTER_DETECTIONS and result.get("detected") is True:
            yield fact, declared(fact, "detected", path + "/detected")


def declared_parties(data: Mapping[str, Any]) -> list[Party]:
    """The actor first, then the parties that it acts for, nearest first. An absent actor is a party not known."""
    parties = [_party("actor", data.get("actor") or {}, "/actor")]
    for index, party in enumerate(data.get("on_behalf_of") or ()):
        parties.append(_party("on_behalf_of", party, f"/on_behalf_of/{index}"))
    return parties


def _party(place: str, party: Mapping[str, Any], path: str) -> Party:
    fields = {}
    for name in _PARTY_FIELDS:
        value = party.get(name)
        if value is not None and value != "unknown":
            fields[name] = declared(f"{place}.{name}", value, f"{path}/{name}")
    if "country" not in fields and party.get("subdivision"):
        # ISO 3166-2 begins with the country.
        country = Evidence(f"{place}.subdivision", party["subdivision"], "declared", f"{path}/subdivision")
        fields["country"] = Known(party["subdivision"][:2], country)
    return Party(place, fields)


def declared_acts(data: Mapping[str, Any], media: frozenset[str]) -> list[Act]:
    """One act for each declared capability and for the one that the operation implies.

    `media`: kinds of media that the body itself holds; with the attachments they stand in for absent traits.
    """
    use = data.get("use") or {}
    capabilities = [(name, f"/use/capabilities/{index}") for index, name in enumerate(use.get("capabilities") or ())]
    operation = data["service"].get("operation")
    implied = _IMPLIED.get(operation) if operation else None
    if implied and all(name != implied for name, _ in capabilities):
        capabilities.append((implied, "/service/operation"))
    if not capabilities:
        return []
    traits, trait_evidence = _traits(data, use, operation, media)
    attributes = tuple(value for value in use.get("attributes") or () if value != "other")
    attribute_evidence = tuple(
        Evidence("use.attributes", value, "declared", f"/use/attributes/{index}")
        for index, value in enumerate(use.get("attributes") or ())
    )
    acts = []
    for name, path in capabilities:
        about_attributes = name in _ABOUT_ATTRIBUTES
        fact, value = ("use.capabilities", name) if path.startswith("/use") else ("service.operation", operation)
        acts.append(
            Act(
                name,
                _traits_of(name, traits, data, media),
                frozenset(attributes) if about_attributes else frozenset(),
                (Evidence(fact, value, "declared", path),),
                trait_evidence,
                attribute_evidence if about_attributes else (),
            )
        )
    return acts


def _traits(
    data: Mapping[str, Any], use: Mapping[str, Any], operation: str | None, media: frozenset[str]
) -> tuple[frozenset[str], tuple[Evidence, ...]]:
    """Declared traits; when absent, those of operation, attachments and body parts."""
    stated = use.get("traits") or ()
    if stated:
        evidence = (
            Evidence("use.traits", value, "declared", f"/use/traits/{index}") for index, value in enumerate(stated)
        )
        return frozenset(stated), tuple(evidence)
    traits = {_TRAIT_OF_MEDIA[kind] for kind in media if kind in _TRAIT_OF_MEDIA}
    found = []
    for index, attachment in enumerate(data.get("attachments") or ()):
        if trait := _TRAIT_OF_MEDIA.get(attachment["kind"]):
            traits.add(trait)
            found.append(Evidence("attachments.kind", attachment["kind"], "declared", f"/attachments/{index}/kind"))
    if operation and operation.startswith("face."):
        traits.add("face")
    elif operation and operation.startswith("audio."):
        traits.add("voice")
    return frozenset(traits), tuple(found)


def _traits_of(name: str, traits: frozenset[str], data: Mapping[str, Any], media: frozenset[str]) -> frozenset[str]:
    """Feelings in a request that holds nothing but text are read from that text (conduct.md, Emotion)."""
    if name == "infer_emotion" and not traits and data.get("body") and not media:
        return frozenset({"text"})
    return traits
