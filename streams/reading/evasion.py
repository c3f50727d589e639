"""Evasive spelling read through: broken words, digits for letters, drawn-out letters, slips, text inside text.

What needs no vocabulary (lookalikes, marks without width, letters one by one) is folding's work. Here a word is mended
only if the mended one is known, so that "mp3", "h264" and identifiers stay what they are. All of it is linear in the
text, and none of it is done for text in which nothing is to be seen through (`veils.may_be_veiled`).
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from streams.reading.fold import Folded, fold, fold_name
from streams.reading.passages import Passage
from streams.reading.spelling import LONGEST, Spelling
from streams.reading.veils import DEPTH, MOST_STRETCHES, stretches, viewed

SPLIT: Final = frozenset(("tool", "schema", "file"))
"""Parts whose strings are names, split at their capitals; prose is not."""

MOST_UNKNOWN: Final = 1500
"""Different words of one request that are tried as slips; a text of more is read as it stands from there on."""

_SHORTEST_WORD: Final = 4
"""Letters of a word that is put together or read out of digits by itself."""

_SYMBOLS: Final = "\u2190-\u2bff\U0001f000-\U0001faff"
_PIECES: Final = re.compile(
    rf"(?<![^\W\d_])[^\W\d_]++(?:(?:[*_.·|/\\~`'-]{{1,3}}|-?[ \t]?\r?\n[ \t]{{0,8}}|[{_SYMBOLS}]{{1,2}})[^\W\d_]++)++"
)
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\w)\s+[{_SYMBOLS}]{{1,3}}\s+(?=\w)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")

_SIGNS: Final = "@$!|+€"
_LEET: Final = str.maketrans("0123456789@$!|+€l", "oizeasgtbgasiitei")
_WITH_SIGNS: Final = re.compile(r"(?<![a-z0-9@$!|+€])[a-z]*+[0-9@$!|+€][a-z0-9@$!|+€]*+")
_DRAWN_OUT: Final = re.compile(r"\b[a-z]*?([a-z])\1\1[a-z]*+")
_DOUBLED: Final = re.compile(r"(.)\1+")

_Edit = tuple[int, int, str]


class Evasion:
    """The vocabulary by which words are mended. `tokens`: all words of the lexicon; `stems`: beginnings of words."""

    def __init__(self, tokens: Collection[str], stems: Collection[str], misspelt: Mapping[str, Any]) -> None:
        self._spelling = Spelling(misspelt["words"], {*misspelt["neighbours"], *tokens})
        vocabulary = {word for word in (*tokens, *misspelt["words"]) if word.isascii() and word.isalpha()}
        long_enough = [word for word in vocabulary if _SHORTEST_WORD <= len(word) <= LONGEST]
        self._vocabulary = frozenset(vocabulary)
        self._stems = frozenset(stem.translate(_LEET) for stem in stems if len(stem) >= _SHORTEST_WORD)
        self._prefixes = frozenset(word[:size] for word in long_enough for size in range(1, len(word) + 1))
        self._by_leet = {word.translate(_LEET): word for word in sorted(vocabulary)}
        self._by_letters = {_DOUBLED.sub(r"\1", word): word for word in sorted(long_enough)}

    def seen_through(self, passages: list[Passage]) -> tuple[list[Passage], list[Folded]]:
        """The passages and the texts found inside them, with evasive spelling mended."""
        found: list[tuple[Passage, Folded]] = []
        for passage in passages:
            self._open(passage, DEPTH, found)
        return [passage for passage, _ in found], [folded for _, folded in found]

    def respelled(self, joined: str, folded: list[Folded]) -> list[Folded] | None:
        """The passages with slips in telling words, and words broken by marks, mended; None where there are none.

        `joined`: the words of all of them.
        """
        slips = self._spelling.slips(dict.fromkeys(joined.split()), MOST_UNKNOWN)
        mended = [self._shortened(self._knitted(_replaced(one, slips) if slips else one)) for one in folded]
        return mended if any(one is not other for one, other in zip(mended, folded, strict=True)) else None

    def _open(self, passage: Passage, depth: int, found: list[tuple[Passage, Folded]]) -> None:
        text = passage.text
        view = viewed(text)
        if view is not None:
            text = view.text
        folded = folded_passage(passage._replace(text=text))
        if view is not None:
            folded = folded.seen_from(view.starts, view.ends)
        found.append((passage, self._shortened(self._unleeted(self._knitted(folded)))))
        if depth == 0 or len(found) > MOST_STRETCHES * 4:
            return
        for start, end, inner in stretches(text):
            place = (view.starts[start], view.ends[end - 1]) if view is not None else (start, end)
            self._open(passage._replace(text=inner, stretch=passage.stretch or place), depth - 1, found)

    def _knitted(self, folded: Folded) -> Folded:
        """Words broken by a mark or by the end of a line put together, where that makes a known word of unknown ones.

        Pictures between words are blanks.
        """
        edits: list[_Edit] = []
        if not folded.plain.isascii():
            edits = [(gap.start(), gap.end(), " ") for gap in _BETWEEN_WORDS.finditer(folded.plain)]
            folded = folded.edited(edits) if edits else folded
            edits = []
        for run in _PIECES.finditer(folded.plain):
            pieces = [piece.span() for piece in _LETTERS.finditer(folded.plain, run.start(), run.end())]
            first = 0
            while first < len(pieces) - 1:
                last = first
                if folded.words[slice(*pieces[first])] in self._prefixes:
                    last, word = self._whole(folded.words, pieces, first)
                    if last > first:
                        edits.append((pieces[first][0], pieces[last][1], word))
                first = last + 1
        return folded.edited(edits) if edits else folded

    def _whole(self, words: str, pieces: list[tuple[int, int]], first: int) -> tuple[int, str]:
        """The last of the pieces from `first` on that make a known word together, and that word."""
        start, end = pieces[first]
        word = words[start:end]
        known = word in self._vocabulary
        best, whole = first, word
        for index in range(first + 1, len(pieces)):
            if word not in self._prefixes:
                break
            start, end = pieces[index]
            known = known and words[start:end] in self._vocabulary
            word += words[start:end]
            if len(word) >= _SHORTEST_WORD and not known and word in self._vocabulary:
                best, whole = index, word
        return best, whole

    def _unleeted(self, folded: Folded) -> Folded:
        """Digits and signs read as letters, where that makes a known word.

        A short word ("1s", "0f") is read so only beside a longer one.
        """
        edits: list[_Edit] = []
        sure = False
        for match in _WITH_SIGNS.finditer(_with_signs(folded)):
            token = match.group().rstrip(_SIGNS)
            if len(token) > LONGEST or not any(char.isalpha() for char in token) or token.isalpha():
                continue
            word = self._out_of_leet(token.translate(_LEET))
            if word:
                edits.append((match.start(), match.start() + len(token), word))
                sure = sure or len(word) >= _SHORTEST_WORD
        return folded.edited(edits) if sure else folded

    def _shortened(self, folded: Folded) -> Folded:
        """Drawn-out letters taken back, where that makes a known word."""
        edits: list[_Edit] = []
        for match in _DRAWN_OUT.finditer(folded.words):
            known = self._by_letters.get(_DOUBLED.sub(r"\1", match.group()[: LONGEST * 8]))
            if known:
                edits.append((match.start(), match.end(), known))
        return folded.edited(edits) if edits else folded

    def _out_of_leet(self, token: str) -> str | None:
        word = self._by_leet.get(token)
        if word is None and any(token[:size] in self._stems for size in range(_SHORTEST_WORD, len(token) + 1)):
            return token
        return word


def folded_passage(passage: Passage) -> Folded:
    """Names of tools, parameters and files are split at their capitals; prose is not."""
    return fold_name(passage.text) if passage.role in SPLIT else fold(passage.text)


def _replaced(folded: Folded, slips: Mapping[str, str]) -> Folded:
    edits = [
        (match.start(), match.end(), slips[match.group()])
        for match in re.finditer(r"[^ ]+", folded.words)
        if match.group() in slips
    ]
    return folded.edited(edits) if edits else folded


def _with_signs(folded: Folded) -> str:
    """The words with the signs that stand for letters left in."""
    if not any(sign in folded.plain for sign in _SIGNS):
        return folded.words
    return "".join([sign if sign in _SIGNS else char for char, sign in zip(folded.words, folded.plain, strict=True)])
