"""The concepts of each sentence: hits put into the sentences they stand in, negations applied.

A sentence with very many hits is cut into pieces, so that the work for one is bounded and that for a text is linear.
"""

import re
from typing import Final, NamedTuple

from streams.reading.lexicon import Bits, Hit

MOST_HITS: Final = 48
"""Hits in one sentence before it is cut."""

_END: Final = re.compile(
    r"[.!?]+[\"'”’)\]]*(?=\s|$)|;\s|\n\s*\n|\n(?=\s*(?:[-*•#>|\d\"]|[A-ZÀ-Þ]))|[。！？；।؟]|[.!?](?=\s)"
)
_COMMA: Final = re.compile(r"[,:–—\n]|\s-\s")


class Sentence(NamedTuple):
    """One sentence of passage `passage`; `bits` are the concepts of all its hits."""

    passage: int
    start: int
    end: int
    bits: Bits
    hits: list[Hit]


class Negation(NamedTuple):
    """The concepts that steer negation: what negates, what ends its reach, what carries it over a comma."""

    negates: Bits
    turns: Bits
    joins: Bits


def sentences_of(passage: int, plain: str, hits: list[Hit], negation: Negation) -> list[Sentence]:
    """The sentences of one passage that hold hits."""
    ends = [match.end() for match in _END.finditer(plain)]
    ends.append(len(plain) + 1)
    found = []
    place, start, total = 0, 0, len(hits)
    for end in ends:
        first = place
        while place < total and hits[place].start < end:
            place += 1
        for cut in range(first, place, MOST_HITS):
            piece = hits[cut : min(cut + MOST_HITS, place)]
            found.append(_sentence(passage, start, end, piece, plain, negation))
        start = end
        if place == total:
            break
    return found


def _sentence(passage: int, start: int, end: int, hits: list[Hit], plain: str, negation: Negation) -> Sentence:
    bits = 0
    for hit in hits:
        bits |= hit.bits
    if bits & negation.negates:
        hits = _without_negated(hits, plain, end, bits & negation.joins, negation)
        bits = 0
        for hit in hits:
            bits |= hit.bits
    return Sentence(passage, start, end, bits, hits)


def _without_negated(hits: list[Hit], plain: str, end: int, joined: Bits, negation: Negation) -> list[Hit]:
    """Drops what stands within the reach of a negation: up to a turn, and to a comma unless a list is joined by "or"."""
    kept = []
    reach = -1
    for hit in hits:
        if hit.bits & negation.negates:
            comma = None if joined else _COMMA.search(plain, hit.end, end)
            reach = max(reach, comma.start() if comma else end)
        elif hit.bits & negation.turns:
            reach = -1
        elif hit.start < reach:
            continue
        kept.append(hit)
    return kept
