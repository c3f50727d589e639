"""Three-valued truth that remembers what it rests on.

After Kleene's strong logic: a conjunction is false when one part is, whatever is not known; not known when a part that
could turn it is not known. `evidence` are the facts that decided, `missing` the facts that were not known.
"""

from collections.abc import Iterable
from typing import NamedTuple

from streams.events import Evidence


class Truth(NamedTuple):
    """`holds` is None where the facts do not say."""

    holds: bool | None
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


def conjunction(parts: Iterable[Truth]) -> Truth:
    """True when all parts are; the first false part decides alone."""
    evidence: list[Evidence] = []
    missing: list[str] = []
    for part in parts:
        if part.holds is False:
            return part
        evidence += part.evidence
        if part.holds is None:
            missing += part.missing
    return Truth(None if missing else True, tuple(evidence), tuple(missing))


def disjunction(parts: Iterable[Truth]) -> Truth:
    """True when one part is, resting on every part that is."""
    true: list[Evidence] = []
    false: list[Evidence] = []
    missing: list[str] = []
    held = False
    for part in parts:
        if part.holds:
            held = True
            true += part.evidence
        elif part.holds is None:
            missing += part.missing
        else:
            false += part.evidence
    if held:
        return Truth(True, tuple(true))
    return Truth(None, (), tuple(missing)) if missing else Truth(False, tuple(false))


def negation(part: Truth) -> Truth:
    """Not known stays not known."""
    return part if part.holds is None else Truth(not part.holds, part.evidence)


def when_known(part: Truth) -> Truth:
    """What is not known counts as no: for conditions that ask for proof."""
    return Truth(False) if part.holds is None else part
