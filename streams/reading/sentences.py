"""The concepts of each sentence: hits put into the sentences they stand in, negations applied.

A sentence with very many hits is cut into pieces, so that the work for one is bounded and that for a text is linear.
"""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from streams.reading.lexicon import Bits, Hit

MOST_HITS: Final = 48
"""Hits in one sentence before it is cut."""

_END: Final = re.compile(
    r"[.!?;\n。！？；।؟؛](?:(?<=[。！？；।؟؛])|(?<=[.!?;])[.!?]*[\"'”’)\]]*(?=\s|$)|(?<=[!?])(?=[\u0600-\uffff])"
    r"|(?<=\n)(?=\s*(?:\n|[-*•#>|\d\"A-ZÀ-Þ])))"
)
_COMMA: Final = re.compile(r"[,:–—\n،]|\s-\s")
_CLAUSE: Final = re.compile(r"(?<=[てでがりしばらずにけれ])、|(?<=[고만서면요데며니]),")
"""A comma that ends a clause, where negation follows the verb; one between nouns only parts a list."""

_FARTHEST_BACK: Final = 160
"""Characters that a negation reaches back at most."""


class Sentence(NamedTuple):
    """One sentence of passage `passage`; `bits` are the concepts of all its hits."""

    passage: int
    start: int
    end: int
    bits: Bits
    hits: list[Hit]


class Negation(NamedTuple):
    """The concepts that steer negation: what negates, what ends its reach, what carries it over a comma.

    `undoes`: what negates that which stands before it, as in Japanese, Korean and Hindi.
    """

    negates: Bits
    turns: Bits
    joins: Bits
    undoes: Bits


def sentences_of(passage: int, plain: str, hits: list[Hit], negation: Negation, live: Bits) -> list[Sentence]:
    """The sentences of one passage that hold a concept of `live`."""
    found: list[Sentence] = []
    place, start, total = 0, 0, len(hits)
    ends = [match.end() for match in _END.finditer(plain)]
    ends.append(len(plain) + 1)
    for end in ends:
        first, bits = place, 0
        while place < total and hits[place][0] < end:
            bits |= hits[place][2]
            place += 1
        if bits & live:
            for cut in range(first, place, MOST_HITS):
                piece = hits[cut : min(cut + MOST_HITS, place)]
                found.append(_sentence(passage, start, end, piece, plain, negation))
        start = end
        if place == total:
            break
    return found


def _sentence(passage: int, start: int, end: int, hits: list[Hit], plain: str, negation: Negation) -> Sentence:
    bits = 0
    for _, _, concepts in hits:
        bits |= concepts
    if bits & negation.undoes:
        hits = _without_undone(hits, plain, start, negation)
    if bits & negation.negates:
        hits = _without_negated(hits, plain, end, bits & negation.joins, negation)
    if bits & (negation.negates | negation.undoes):
        bits = 0
        for _, _, concepts in hits:
            bits |= concepts
    return Sentence(passage, start, end, bits, hits)


def _without_negated(hits: list[Hit], plain: str, end: int, joined: Bits, negation: Negation) -> list[Hit]:
    """Drops what a negation reaches: up to a turn, and to a comma unless a list is joined by "or"."""
    kept = []
    since = reach = -1
    for hit in hits:
        start, stop, concepts = hit
        if concepts & negation.negates:
            comma = None if joined else _COMMA.search(plain, stop, end)
            since, reach = stop, max(reach, comma.start() if comma else end)
        elif concepts & negation.turns:
            reach = -1
        elif since <= start < reach:
            continue
        kept.append(hit)
    return kept


def _without_undone(hits: list[Hit], plain: str, begin: int, negation: Negation) -> list[Hit]:
    """Drops what stands before a negation that follows its verb, back to a turn or to the clause before."""
    clauses = [begin, *(comma.end() for comma in _CLAUSE.finditer(plain, hits[0][0], hits[-1][1]))]
    kept: list[Hit] = []
    for hit in hits:
        start, _, concepts = hit
        if concepts & negation.undoes:
            back = max(clauses[bisect_right(clauses, start) - 1], start - _FARTHEST_BACK)
            while kept and kept[-1][0] >= back and not kept[-1][2] & negation.turns:
                kept.pop()
        kept.append(hit)
    return kept
