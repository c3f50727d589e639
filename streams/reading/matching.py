"""Which patterns a sentence meets. Work is bounded: a pattern met often enough is not tried again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from streams.reading.findings import Span
from streams.reading.lexicon import Bits, Concepts
from streams.reading.naming import WITH_ATTRIBUTES
from streams.reading.patterns import (
    Pattern,
    all_met,
    close_together,
    compile_patterns,
    named,
    satisfied,
)
from streams.reading.scene import UNITS, Scene
from streams.reading.sentences import Sentence

MOST_PER_PATTERN: Final = 4
"""Places at which one pattern is reported; more would only repeat it."""

_DESCRIBED: Final = frozenset(("instruction", "purpose"))
_SAID: Final = frozenset(("ask", "earlier"))

Match = tuple[Pattern, tuple[Span, ...]]


class Matching:
    """The compiled patterns, found by their triggers."""

    def __init__(self, source: Mapping[str, Any], concepts: Concepts, declared: Mapping[str, list[str]]) -> None:
        self.patterns = compile_patterns(source, concepts)
        self._by_trigger = _by_trigger(self.patterns)
        self._triggers = union(pattern.trigger for pattern in self.patterns)
        self._declared = [(concepts.bit[name], concepts.any_of(then)) for name, then in declared.items()]
        self._mention = named(source, "MENTION", concepts)
        self._explained = concepts.bit["EXPLAIN"]
        self._restrict = concepts.bit["RESTRICT"]
        self._media = concepts.any_of(("MEDIA_IMAGE", "MEDIA_AUDIO"))

    def asked_for(self) -> Bits:
        """The concepts that patterns ask for which are reason enough to read on."""
        loud = (pattern for pattern in self.patterns if not pattern.quiet)
        groups = (group for pattern in loud for group in pattern.groups)
        return self._before_declared(union(group.here | group.anywhere for group in groups))

    def worth_reading(self, bits: Bits) -> bool:
        """Whether a request with these concepts may meet a pattern that is reason enough to read on."""
        return not self.only_quiet(self.possible(bits))

    def possible(self, bits: Bits) -> list[int]:
        """The patterns all of whose concepts stand somewhere in the request."""
        bits = self._after_declared(bits)
        return [number for number in self._candidates(bits) if all_met(self.patterns[number], bits)]

    def only_quiet(self, possible: list[int]) -> bool:
        """Whether none of these patterns is reason enough to read on."""
        return all(self.patterns[number].quiet for number in possible)

    def live(self, possible: list[int]) -> Bits:
        """A sentence without any of these concepts can meet none of the patterns."""
        return self._before_declared(union(self.patterns[number].trigger for number in possible))

    def in_scene(
        self, scene: Scene, sentences: Iterable[Sentence], possible: list[int]
    ) -> Iterator[tuple[Sentence, list[Match]]]:
        """Each sentence with the patterns it meets."""
        left = dict.fromkeys(possible, MOST_PER_PATTERN)
        known: dict[Bits, list[int]] = {}
        for sentence in sentences:
            role = scene.passages[sentence.passage].role
            if role not in _SAID:
                sentence = self._as_declared(sentence)
            triggers = sentence.bits & self._triggers
            candidates = known.get(triggers)
            if candidates is None:
                candidates = known[triggers] = [number for number in self._candidates(triggers) if number in left]
            if candidates:
                yield sentence, self._matches(scene, sentence, role, candidates, left)

    def _matches(
        self, scene: Scene, sentence: Sentence, role: str, candidates: list[int], left: dict[int, int]
    ) -> list[Match]:
        found: list[Match] = []
        said: set[str] = set()
        for number in candidates:
            if not left[number]:
                continue
            pattern = self.patterns[number]
            if pattern.name in said:
                continue
            spans = self._matched(pattern, sentence, scene, role)
            if spans is None:
                continue
            left[number] -= 1
            found.append((pattern, spans))
            if pattern.kind == "act" and pattern.name not in WITH_ATTRIBUTES:
                said.add(pattern.name)
        return found

    def _matched(self, pattern: Pattern, sentence: Sentence, scene: Scene, role: str) -> tuple[Span, ...] | None:
        bits = sentence.bits
        if role not in pattern.roles or sentence.end - sentence.start > pattern.short:
            return None
        if not satisfied(pattern, bits, scene.bits) or self._only_mentioned(pattern, bits, role, scene.bits):
            return None
        width = sentence.end if role in UNITS else pattern.near
        hits = close_together(pattern, sentence.hits, bits, width)
        return None if hits is None else scene.spans(sentence, hits)

    def _only_mentioned(self, pattern: Pattern, bits: Bits, role: str, request: Bits) -> bool:
        """A sentence about a law, a text, an explanation; a described use that forbids it.

        Where a picture or a recording is handed over, "how does he" asks about it and is no call for an explanation.
        """
        if role in UNITS:
            return False
        mention = self._mention & ~self._explained if request & self._media else self._mention
        if pattern.mention != "ignore" and bits & mention:
            return True
        return bool(role in _DESCRIBED and pattern.kind == "act" and bits & self._restrict)

    def _candidates(self, bits: Bits) -> list[int]:
        """The patterns whose trigger is among these concepts, in the order of the file."""
        found: set[int] = set()
        left = bits & self._triggers
        while left:
            low = left & -left
            found.update(self._by_trigger[low])
            left ^= low
        return sorted(found)

    def _as_declared(self, sentence: Sentence) -> Sentence:
        """A sentence that describes a use: what "is identified" there is identified by it."""
        for past, then in self._declared:
            if sentence.bits & past:
                hits = [(start, end, bits | then if bits & past else bits) for start, end, bits in sentence.hits]
                sentence = sentence._replace(hits=hits, bits=sentence.bits | then)
        return sentence

    def _after_declared(self, bits: Bits) -> Bits:
        for past, then in self._declared:
            if bits & past:
                bits |= then
        return bits

    def _before_declared(self, bits: Bits) -> Bits:
        """Adds the concepts that stand for one of these where a use is described."""
        for past, then in self._declared:
            if bits & then:
                bits |= past
        return bits


def union(sets: Iterable[Bits]) -> Bits:
    """All concepts of these sets."""
    bits = 0
    for one in sets:
        bits |= one
    return bits


def _by_trigger(patterns: list[Pattern]) -> dict[Bits, list[int]]:
    index: dict[Bits, list[int]] = {}
    for number, pattern in enumerate(patterns):
        left = pattern.trigger
        while left:
            low = left & -left
            index.setdefault(low, []).append(number)
            left ^= low
    return index
