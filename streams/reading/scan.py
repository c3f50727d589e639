"""All phrases looked for in one pass, and where a phrase may begin.

Phrases of Latin letters and those of other scripts have automata of their own: most texts hold only the first kind, and
theirs stays small and fast. Both are contiguous automata, as fast here as full tables and a fraction of their size.
"""

from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

Match = tuple[int, int, int]
"""Number of the phrase, start and end."""

_ARABIC_PREFIXES: Final = frozenset(
    both + article
    for both in ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
    for article in ("", "ال")
    if both + article
) | {"لل", "ولل", "فلل"}
"""And, so, with, for, like, and the article, as they are written onto the next word."""

_LONGEST_PREFIX: Final = 4


def in_order(texts: list[str]) -> list[str]:
    """The texts in the order that `Scan` numbers them: those of Latin letters first."""
    return sorted(texts, key=lambda text: (not text.isascii(), text))


class Scan:
    """`texts` must be `in_order`; overlapping finds come as they end, the longer of two that end together first."""

    def __init__(self, texts: list[str], overlapping: bool) -> None:
        kind = MatchKind.Standard if overlapping else MatchKind.LeftmostLongest
        latin = [text for text in texts if text.isascii()]
        others = texts[len(latin) :]
        self._first_other = len(latin)
        self._overlapping = overlapping
        self._latin = _automaton(latin, kind)
        self._others = _automaton(others, kind)

    def matches(self, words: str) -> list[Match]:
        """Everything found in `words`."""
        found: list[Match] = self._latin.find_matches_as_indexes(words, overlapping=self._overlapping)
        if words.isascii():
            return found
        first = self._first_other
        others: list[Match] = self._others.find_matches_as_indexes(words, overlapping=self._overlapping)
        more = [(number + first, start, end) for number, start, end in others]
        if not found:
            return more
        found += more
        found.sort(key=_by_end)
        return found


def word_begins(words: str, start: int) -> bool:
    """Whether a word begins at `start` of folded text: after a blank, or after what Arabic writes onto a word."""
    if not start or words[start - 1] == " ":
        return True
    if words[start - 1] < "\u0300":
        return False
    if words[start] < "\u0300":
        return True
    before = words[max(0, start - _LONGEST_PREFIX - 1) : start]
    return " " in before and before[before.rindex(" ") + 1 :] in _ARABIC_PREFIXES


def _automaton(texts: list[str], kind: MatchKind) -> AhoCorasick:
    return AhoCorasick(texts, matchkind=kind, store_patterns=False, implementation=Implementation.ContiguousNFA)


def _by_end(match: Match) -> tuple[int, int]:
    return match[2], match[1]
