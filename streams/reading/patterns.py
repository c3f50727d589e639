"""Patterns as data -> compiled tests over the concepts of one sentence.

What a pattern may say stands at the top of patterns.yaml. Faults are reported all at once.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from streams.errors import FaultList
from streams.reading.lexicon import MEDIA, Bits, Concepts, Hit

KINDS: Final = ("act", "fact", "party")
KEYS: Final = frozenset(
    "act fact party value all none mention near short roles traits attributes quiet many country level".split()
)
ACTING: Final = frozenset(("ask", "instruction", "purpose", "tool", "schema"))
TELLING: Final = ACTING | {"earlier", "name", "file"}
DEFAULT_NEAR: Final = 160


class Group(NamedTuple):
    """One condition: any of `here` in the sentence, or any of `anywhere` in the request."""

    here: Bits
    anywhere: Bits


class Pattern(NamedTuple):
    """A compiled pattern; see patterns.yaml for the meaning of each part."""

    kind: str
    name: str
    value: str | bool
    trigger: Bits
    groups: tuple[Group, ...]
    none: Group
    mention: str
    near: int
    short: int
    roles: frozenset[str]
    traits: frozenset[str]
    attributes: str | frozenset[str]
    many: bool
    country: str | None
    level: str | None
    quiet: bool


def compile_patterns(source: Mapping[str, Any], concepts: Concepts) -> list[Pattern]:
    """All patterns; raises FaultList with every fault of the file."""
    macros = source.get("groups", {})
    common = concepts.any_of(source["common"])
    patterns: list[Pattern] = []
    faults: list[str] = []
    for number, entry in enumerate(source["patterns"], 1):
        faulty = _faults(entry, macros, concepts) or _all_common(entry, macros, concepts, common)
        if faulty:
            faults.extend(f"pattern {number}: {fault}" for fault in faulty)
        else:
            patterns.append(_pattern(entry, macros, concepts))
    if faults:
        raise FaultList("The reading patterns cannot be used.", faults, "Correct patterns.yaml.")
    return patterns


def named(source: Mapping[str, Any], macro: str, concepts: Concepts) -> Bits:
    """The concepts of a group that patterns.yaml gives a name."""
    return _group(macro, source.get("groups", {}), concepts).here


def satisfied(pattern: Pattern, bits: Bits, request: Bits) -> bool:
    """Whether the concepts of a sentence and of the whole request meet the pattern, wherever they stand."""
    for here, anywhere in pattern.groups:
        if not (bits & here or request & anywhere):
            return False
    return not (bits & pattern.none.here or request & pattern.none.anywhere)


def all_met(pattern: Pattern, bits: Bits) -> bool:
    """Whether each group is met by concepts that stand anywhere at all: without that, no sentence can match."""
    for here, anywhere in pattern.groups:  # noqa: SIM110 - a generator takes twice the time
        if not bits & (here | anywhere):
            return False
    return True


def close_together(pattern: Pattern, hits: list[Hit], bits: Bits, width: int) -> list[Hit] | None:
    """The narrowest run of hits that meets the pattern's groups within `width` characters; None where there is none.

    Groups met only by the request as a whole need no hit. Work: hits times groups, hits being bounded per sentence.
    """
    needed = [group.here for group in pattern.groups if bits & group.here]
    wanted = 0
    for group in needed:
        wanted |= group
    last_seen: list[Hit | None] = [None] * len(needed)
    best: list[Hit] | None = None
    for hit in hits:
        if not hit[2] & wanted:
            continue
        for index, group in enumerate(needed):
            if hit[2] & group:
                last_seen[index] = hit
        chosen = [seen for seen in last_seen if seen is not None]
        if len(chosen) == len(needed):
            span = max([one[1] for one in chosen]) - min([one[0] for one in chosen])
            if span <= width:
                width = span - 1
                best = chosen
    return best


def _faults(entry: Mapping[str, Any], macros: Mapping[str, str], concepts: Concepts) -> list[str]:
    faults = [f"unknown key {key!r}" for key in entry if key not in KEYS]
    if sum(kind in entry for kind in KINDS) != 1:
        faults.append("needs exactly one of act, fact, party")
    if not entry.get("all"):
        faults.append("needs `all`")
    elif any(name.startswith("@") or name in MEDIA for name in _names(entry["all"][0], macros)):
        faults.append("the first group is the trigger and has to stand in the sentence")
    for text in (*entry.get("all", ()), *entry.get("none", ())):
        names = _names(text, macros)
        faults.extend(f"unknown concept {name}" for name in names if name.lstrip("@") not in concepts.bit)
    return faults


def _all_common(entry: Mapping[str, Any], macros: Mapping[str, str], concepts: Concepts, common: Bits) -> list[str]:
    """A pattern that asks for nothing but what any text is taken to hold would have every text read."""
    if entry.get("quiet") == "true" or any(not _group(text, macros, concepts).here & common for text in entry["all"]):
        return []
    return ["one group of a pattern that is not quiet has to be without common concepts"]


def _names(text: str, macros: Mapping[str, str]) -> list[str]:
    names: list[str] = []
    for part in text.split("|"):
        name = part.strip('" ')
        names.extend(_names(macros[name], macros) if name in macros else [name])
    return names


def _group(text: str, macros: Mapping[str, str], concepts: Concepts) -> Group:
    here = anywhere = 0
    for name in _names(text, macros):
        bit = concepts.bit[name.lstrip("@")]
        if name.startswith("@") or name in MEDIA:
            anywhere |= bit
        else:
            here |= bit
    return Group(here, anywhere)


def _pattern(entry: Mapping[str, Any], macros: Mapping[str, str], concepts: Concepts) -> Pattern:
    kind = next(kind for kind in KINDS if kind in entry)
    groups = tuple(_group(text, macros, concepts) for text in entry["all"])
    spared = [_group(text, macros, concepts) for text in entry.get("none", ())]
    none_here = none_anywhere = 0
    for group in spared:
        none_here |= group.here
        none_anywhere |= group.anywhere
    value: str | bool = entry.get("value", "")
    attributes = entry.get("attributes", "found" if kind == "act" else "")
    default_roles = ACTING if kind == "act" else TELLING
    return Pattern(
        kind=kind,
        name=entry[kind],
        value=value == "true" if value in ("true", "false") else value,
        trigger=groups[0].here,
        groups=groups,
        none=Group(none_here, none_anywhere),
        mention=entry.get("mention", "spares"),
        near=int(entry.get("near", DEFAULT_NEAR)),
        short=int(entry.get("short", 1 << 30)),
        roles=frozenset(entry.get("roles", default_roles)),
        traits=frozenset(entry.get("traits", ())),
        attributes=attributes if isinstance(attributes, str) else frozenset(attributes),
        many=entry.get("many") == "true",
        country=entry.get("country"),
        level=entry.get("level"),
        quiet=entry.get("quiet") == "true",
    )
