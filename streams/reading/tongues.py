"""Which languages a text shows, and what words mean that stand for something else in another language.

All languages are scanned at once, so that a sentence may mix them. A word like the German "die" or the French "chat"
counts as what it means there only in a text that shows German or French by other words. For this the concepts of a hit
carry, above the concepts themselves, two signs for each language (a common word, a telling word) and, for each
language, the concepts that hold only under it.
"""

from collections.abc import Sequence
from typing import Final

Bits = int

_ENOUGH: Final = 2
"""Points that show a language: one telling word or two common ones. It also needs half the points of the best."""


class Tongues:
    """The layout of these bits over `concepts` concepts for the languages that tell themselves apart."""

    def __init__(self, concepts: int, languages: Sequence[str]) -> None:
        self._size = concepts
        self._plain = (1 << concepts) - 1
        self._number = {language: number for number, language in enumerate(languages)}
        self._signs = [(1 << concepts + 2 * number, 2 << concepts + 2 * number) for number in range(len(languages))]
        self._all_signs = ((1 << 2 * len(languages)) - 1) << concepts
        self._first = concepts + 2 * len(languages)

    def common_sign(self, language: str) -> Bits:
        """The bit that a common word of the language carries."""
        return self._signs[self._number[language]][0]

    def telling_sign(self, language: str) -> Bits:
        """The bit that a word of this language alone carries; none where the language is not told apart."""
        return self._signs[self._number[language]][1] if language in self._number else 0

    def only_under(self, language: str, bits: Bits) -> Bits:
        """Concepts that hold only in a text that shows the language."""
        return bits << self._shift(self._number[language])

    def possible(self, bits: Bits) -> Bits:
        """The concepts under whatever language."""
        found = bits & self._plain
        if bits >> self._first == 0:
            return found
        for number in range(len(self._number)):
            found |= bits >> self._shift(number) & self._plain
        return found

    def settled(self, hits: list[tuple[int, int, Bits]]) -> list[tuple[int, int, Bits]]:
        """The hits with plain concepts only, under the languages that they show together."""
        plain = self._plain
        marked = [bits for _, _, bits in hits if bits > plain]
        if not marked:
            return hits
        shown = [self._shift(number) for number in self._shown(marked)]
        found = []
        for hit in hits:
            bits = hit[2]
            if bits > plain:
                concepts = bits & plain
                for shift in shown:
                    concepts |= bits >> shift & plain
                if concepts:
                    found.append((hit[0], hit[1], concepts))
            else:
                found.append(hit)
        return found

    def _shown(self, marked: list[Bits]) -> list[int]:
        together = 0
        for bits in marked:
            together |= bits
        if not together & self._all_signs:
            return []
        numbers = [number for number, signs in enumerate(self._signs) if together & sum(signs)]
        points = {number: self._points(number, marked) for number in numbers}
        best = max(points.values())
        return [number for number, count in points.items() if count >= _ENOUGH and 2 * count >= best]

    def _points(self, number: int, marked: list[Bits]) -> int:
        common, telling = self._signs[number]
        return sum([2 if bits & telling else 1 for bits in marked if bits & (common | telling)])

    def _shift(self, number: int) -> int:
        return self._first + self._size * number
