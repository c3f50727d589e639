"""Telling words through a slip of the keyboard: one letter left out, added, replaced, or two changed round.

Only words of six letters and more are looked for, and only for a token that is no known word. The work for one token
is a handful of look-ups: each word is filed by its front and by its back half, of which a slip leaves one whole.
"""

from collections.abc import Iterable, Mapping
from typing import Final

SHORTEST: Final = 6
"""Letters of a word that is looked for; shorter ones have too many neighbours."""

LONGEST: Final = 24


class Spelling:
    """Words filed by their halves. `known`: tokens that are words of their own and stay what they are."""

    def __init__(self, words: Iterable[str], known: Iterable[str]) -> None:
        words = sorted(word for word in set(words) if SHORTEST <= len(word) <= LONGEST)
        self.known = frozenset(known).union(words)
        self._filed: dict[tuple[int, str], list[str]] = {}
        self._swapped: dict[str, str] = {}
        for word in words:
            cut = len(word) // 2
            self._filed.setdefault((len(word), word[:cut]), []).append(word)
            self._filed.setdefault((-len(word), word[cut:]), []).append(word)
            self._swapped.setdefault(word[: cut - 1] + word[cut] + word[cut - 1] + word[cut + 1 :], word)
        self._heads = frozenset(word[:3] for word in (*words, *self._swapped))
        self._tails = frozenset(word[-3:] for word in (*words, *self._swapped))

    def nearest(self, token: str) -> str | None:
        """The first word one slip away from `token`, or None."""
        size = len(token)
        if token in self.known or not SHORTEST - 1 <= size <= LONGEST + 1:
            return None
        for length in (size, size + 1, size - 1):
            cut = length // 2
            halves = (length, token[:cut]), (-length, token[size - length + cut :])
            for half in halves:
                for word in self._filed.get(half, ()):
                    if one_slip(word, token):
                        return word
        return self._swapped.get(token)

    def slips(self, tokens: Iterable[str], most: int) -> Mapping[str, str]:
        """The words that these tokens stand for, of at most `most` tokens that are no known words."""
        known, heads, tails = self.known, self._heads, self._tails
        doubtful = [
            token
            for token in tokens
            if len(token) >= SHORTEST - 1 and (token[:3] in heads or token[-3:] in tails) and token not in known
        ]
        found = ((token, self.nearest(token)) for token in doubtful[:most])
        return {token: word for token, word in found if word is not None}


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter left out, added or replaced, or by two neighbours changed round."""
    if len(one) > len(other):
        one, other = other, one
    first = 0
    while first < len(one) and one[first] == other[first]:
        first += 1
    if len(one) < len(other):
        return len(other) - len(one) == 1 and one[first:] == other[first + 1 :]
    if first == len(one):
        return False
    if one[first + 1 :] == other[first + 1 :]:
        return True
    return one[first : first + 2] == other[first : first + 2][::-1] and one[first + 2 :] == other[first + 2 :]
