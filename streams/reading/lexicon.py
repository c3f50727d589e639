"""Words and phrases of every language -> concepts, found in one scan.

A language is one YAML file beside this module: `language`, `words` (concept -> phrases), and optionally `possessive`
(the ending of "the caller's", as folded) and `spaced: no` for scripts without blanks between words.
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple

import yaml
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.errors import FaultList
from streams.reading.fold import fold

Bits = int
"""A set of concepts, one bit each."""

MEDIA: Final = ("MEDIA_IMAGE", "MEDIA_AUDIO", "GENERATION")
"""Concepts of the request as a whole, which no word stands for."""


Hit = tuple[int, int, Bits]
"""Words that stand for concepts: start and end in code points of the folded text, and the concepts. A plain tuple,
because a long text has thousands of them."""


class Phrase(NamedTuple):
    """A phrase as it is looked for: `open_end` for a prefix, `shorter` the next shorter phrase with the same beginning."""

    text: str
    bits: Bits
    open_end: bool
    spaced: bool
    shorter: int


def data_file(name: str) -> Any:
    """A YAML file of this package, every scalar as text."""
    text = files("streams.reading").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def languages() -> list[Any]:
    """The lexicons of all languages, in the order of their names."""
    folder = files("streams.reading").joinpath("lexicon")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return [data_file(f"lexicon/{name}") for name in names]


class Concepts:
    """The names of concepts as bits, and what follows from each."""

    def __init__(self, names: Iterable[str], implied: Mapping[str, list[str]]) -> None:
        self.bit: dict[str, Bits] = {}
        for name in sorted({*names, *implied, *(part for parts in implied.values() for part in parts), *MEDIA, "OWNER"}):
            self.bit[name] = 1 << len(self.bit)
        self.closure = {name: self._closed(name, implied) for name in self.bit}

    def _closed(self, name: str, implied: Mapping[str, list[str]]) -> Bits:
        bits, todo, seen = 0, [name], set()
        while todo:
            concept = todo.pop()
            if concept not in seen:
                seen.add(concept)
                bits |= self.bit[concept]
                todo.extend(implied.get(concept, ()))
        return bits

    def any_of(self, names: Iterable[str]) -> Bits:
        """One set of all these concepts."""
        bits = 0
        for name in names:
            bits |= self.bit[name]
        return bits


class Lexicon:
    """All phrases of all languages, compiled once."""

    def __init__(
        self, sources: Iterable[Mapping[str, Any]], implied: Mapping[str, list[str]], hiding: Iterable[str]
    ) -> None:
        sources = list(sources)
        self.concepts = Concepts((name for source in sources for name in source["words"]), implied)
        self.possessives = tuple({f" {source['possessive']}" for source in sources if source.get("possessive")})
        self._phrases = _with_inner(_compile(sources, self.concepts), self.concepts.any_of(hiding))
        self._all = _automaton([phrase.text for phrase in self._phrases])
        self._plain_bits = [phrase.bits for phrase in self._phrases]
        self._skip = [int(phrase.spaced) for phrase in self._phrases]
        self._telling: AhoCorasick | None = None
        self._telling_phrases: list[Phrase] = []

    def look_first_for(self, telling: Bits) -> None:
        """Sets the concepts one of which any finding needs: text without them is read no further."""
        self._telling_phrases = _linked([phrase for phrase in self._phrases if phrase.bits & telling])
        self._telling = _automaton([phrase.text for phrase in self._telling_phrases])

    def is_telling(self, words: str) -> bool:
        """Whether folded text (with a blank at both ends) holds a telling word."""
        if self._telling is None:
            return True
        phrases = self._telling_phrases
        return any(
            phrases[found].shorter >= 0 or _word_ends(phrases[found], words, end)
            for found, _, end in self._telling.find_matches_as_indexes(words)
        )

    def hits(self, words: str) -> list[Hit]:
        """All phrases in folded text with a blank at both ends, left to right, the longest at each place."""
        found: list[Hit] = []
        plain_bits, skip = self._plain_bits, self._skip
        for number, start, end in self._all.find_matches_as_indexes(words):
            if words[end] == " ":
                found.append((start + skip[number], end, plain_bits[number]))
            else:
                self._inexact(words, number, start, end, found)
        return found

    def _inexact(self, words: str, number: int, start: int, end: int, found: list[Hit]) -> None:
        """A phrase that goes on in the same word: right for a prefix, else a shorter phrase may end there."""
        phrase = self._phrases[number]
        while not _word_ends(phrase, words, end):
            if phrase.shorter < 0:
                return
            phrase = self._phrases[phrase.shorter]
            end = start + len(phrase.text)
        found.append((start + phrase.spaced, end, phrase.bits))


def _word_ends(phrase: Phrase, words: str, end: int) -> bool:
    """Whether the phrase, found up to `end`, ends there with a word as it must."""
    return phrase.open_end or not phrase.spaced or words[end] == " " or words[end] > "\u02ff"


def _automaton(texts: list[str]) -> AhoCorasick:
    return AhoCorasick(
        texts, matchkind=MatchKind.LeftmostLongest, store_patterns=False, implementation=Implementation.DFA
    )


def _compile(sources: list[Mapping[str, Any]], concepts: Concepts) -> list[Phrase]:
    bits: dict[str, Bits] = {}
    traits: dict[str, tuple[bool, bool]] = {}
    faults: list[str] = []
    for source in sources:
        spaced = source.get("spaced") != "no"
        for name, phrases in source["words"].items():
            for written in phrases:
                text, open_end = _folded_phrase(written, spaced)
                if not text.strip():
                    faults.append(f"{source['language']}: {name}: {written!r} has no letters")
                    continue
                bits[text] = bits.get(text, 0) | concepts.closure[name]
                known_open, _ = traits.get(text, (False, spaced))
                traits[text] = (known_open or open_end, spaced)
    if faults:
        raise FaultList("The lexicon cannot be used.", faults, "Correct or remove these phrases.")
    return _linked([Phrase(text, bits[text], *traits[text], -1) for text in sorted(bits)])


def _with_inner(phrases: list[Phrase], hiding: Bits) -> list[Phrase]:
    """Adds to each phrase the concepts of the phrases inside it, but for phrases whose concepts hide what they hold."""
    scan = AhoCorasick([phrase.text for phrase in phrases], matchkind=MatchKind.Standard, store_patterns=False)
    rich = []
    for phrase in phrases:
        bits = phrase.bits
        if not bits & hiding:
            words = phrase.text + " "
            for found, start, end in scan.find_matches_as_indexes(words, overlapping=True):
                inner = phrases[found]
                if end - start < len(phrase.text) and _word_ends(inner, words, end) and not inner.bits & hiding:
                    bits |= inner.bits
        rich.append(phrase._replace(bits=bits))
    return rich


def _folded_phrase(written: str, spaced: bool) -> tuple[str, bool]:
    open_end = written.endswith("*")
    words = " ".join(fold(written.rstrip("*")).words.split())
    return (f" {words}" if spaced else words), open_end


def _linked(phrases: list[Phrase]) -> list[Phrase]:
    """Links each phrase to the longest other one it begins with; `phrases` are sorted by text."""
    place = {phrase.text: index for index, phrase in enumerate(phrases)}
    linked = []
    for phrase in phrases:
        text = phrase.text
        shorter = next((place[text[:cut]] for cut in range(len(text) - 1, 0, -1) if text[:cut] in place), -1)
        linked.append(phrase._replace(shorter=shorter))
    return linked
