"""Words and phrases of every language -> concepts, found in one scan.

A language is one YAML file beside this module: `language`, `words` (concept -> phrases), and optionally `possessive`
(the ending of "the caller's", as folded) and `spaced: no` for scripts without blanks between words.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple

import yaml
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.errors import FaultList
from streams.reading.fold import fold

Bits = int
"""A set of concepts, one bit each."""

_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MEDIA: Final = ("MEDIA_IMAGE", "MEDIA_AUDIO", "GENERATION")
"""Concepts of the request as a whole, which no word stands for."""


Hit = tuple[int, int, Bits]
"""Words that stand for concepts: start and end in code points of the folded text, and the concepts. A plain tuple,
because a long text has thousands of them."""


class Phrase(NamedTuple):
    """A phrase as it is looked for: a whole phrase ends in a blank, an open one (`face*`) does not.

    `spaced`: it has to begin with a word; not so in scripts without blanks, and for endings (`~police gov`).
    """

    text: str
    bits: Bits
    open_end: bool
    spaced: bool


def data_file(name: str) -> Any:
    """A YAML file of this package, every scalar as text."""
    text = files("streams.reading").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - the loader makes nothing but text, lists and mappings


def languages() -> list[Any]:
    """The lexicons of all languages, in the order of their names."""
    folder = files("streams.reading").joinpath("lexicon")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return [data_file(f"lexicon/{name}") for name in names]


class Concepts:
    """The names of concepts as bits, and what follows from each."""

    def __init__(self, names: Iterable[str], implied: Mapping[str, list[str]]) -> None:
        self.bit: dict[str, Bits] = {}
        following = (part for parts in implied.values() for part in parts)
        for name in sorted({*names, *implied, *following, *MEDIA, "OWNER"}):
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
        self._all = _automaton(self._phrases, Implementation.DFA)

    def first_look(self, asked_for: Bits, common: Bits, worth_it: Callable[[Bits], bool]) -> "FirstLook":
        """A quick test for text in which something may be found.

        `asked_for`: the concepts that matter; `common`: those of them that any text is taken to hold; `worth_it`:
        whether a request with these concepts is to be read.
        """
        telling = asked_for & ~common
        phrases = [phrase._replace(bits=phrase.bits & asked_for) for phrase in self._phrases if phrase.bits & telling]
        return FirstLook(phrases, common, worth_it)

    def tokens(self) -> set[str]:
        """Every word that stands in a phrase as a whole."""
        whole = [phrase.text.split()[: -1 if phrase.open_end else None] for phrase in self._phrases]
        return {word for words in whole for word in words}

    def stems(self) -> set[str]:
        """Every beginning of a word that stands for a concept by itself, whatever follows."""
        return {phrase.text for phrase in self._phrases if phrase.open_end and phrase.spaced and " " not in phrase.text}

    def hits(self, words: str) -> list[Hit]:
        """All phrases in folded text with a blank at both ends, left to right, without those inside a longer one.

        Two that overlap both count: "tell me who" and "who is she" in "tell me who is she".
        """
        kept: list[Hit] = []
        phrases = self._phrases
        first, last = len(words), -1
        for number, start, end in reversed(self._all.find_matches_as_indexes(words, overlapping=True)):
            if start >= first:
                continue
            _, bits, open_end, spaced = phrases[number]
            if spaced and words[start - 1] != " " and words[start - 1] < "\u0300":
                continue
            until = end - 1 if not open_end else words.index(" ", end) if spaced else end
            hit = (start, until, bits)
            if end == last:
                kept[-1] = hit
            else:
                kept.append(hit)
            first, last = start, end
        kept.reverse()
        return kept


_KNOWN_COMBINATIONS: Final = 4096


class FirstLook:
    """Whether a text may hold what some pattern asks for. Errs to the side of yes; most texts are read no further.

    It looks for the rarer concepts alone, and at all of them together: a word such as "customer" tells nothing without
    the others that its patterns need. The same few combinations come again and again, so their answers are kept.
    """

    def __init__(self, phrases: list[Phrase], common: Bits, worth_it: Callable[[Bits], bool]) -> None:
        self._bits = [phrase.bits for phrase in phrases]
        self._common = common
        self._worth_it = worth_it
        self._known: dict[Bits, bool] = {}
        self._anywhere = _automaton(phrases, Implementation.ContiguousNFA)
        between_blanks = [one._replace(text=f" {one.text}") if one.spaced else one for one in phrases]
        self._between_blanks = _automaton(between_blanks, Implementation.ContiguousNFA)

    def is_telling(self, words: str, bits: Bits) -> bool:
        """`words`: folded text with a blank at both ends; `bits`: what the request holds besides.

        Other scripts may touch a Latin word without a blank.
        """
        automaton = self._between_blanks if words.isascii() else self._anywhere
        bits |= self._common
        for number, _, _ in automaton.find_matches_as_indexes(words, overlapping=True):
            bits |= self._bits[number]
        known = self._known.get(bits)
        if known is None:
            if len(self._known) >= _KNOWN_COMBINATIONS:
                self._known.clear()
            known = self._known[bits] = self._worth_it(bits)
        return known


def _word_begins(phrase: Phrase, words: str, start: int) -> bool:
    """Whether the phrase, found from `start`, begins there with a word as it must."""
    return not phrase.spaced or start == 0 or words[start - 1] == " " or words[start - 1] >= "\u0300"


def _automaton(phrases: list[Phrase], made_as: Implementation) -> AhoCorasick:
    """Finds all phrases in one scan: as a DFA faster in long texts, as an NFA in half the time in short ones."""
    texts = [phrase.text for phrase in phrases]
    return AhoCorasick(texts, matchkind=MatchKind.Standard, store_patterns=False, implementation=made_as)


def _compile(sources: list[Mapping[str, Any]], concepts: Concepts) -> list[Phrase]:
    phrases: dict[str, Phrase] = {}
    faults: list[str] = []
    for source in sources:
        spaced = source.get("spaced") != "no"
        for name, written in source["words"].items():
            for phrase in written:
                text = _folded_phrase(phrase, spaced)
                if not text.strip():
                    faults.append(f"{source['language']}: {name}: {phrase!r} has no letters")
                    continue
                known = phrases.get(text)
                bits = concepts.closure[name] | (known.bits if known else 0)
                phrases[text] = Phrase(text, bits, not text.endswith(" "), spaced and not phrase.startswith("~"))
    if faults:
        raise FaultList("The lexicon cannot be used.", faults, "Correct or remove these phrases.")
    return [phrases[text] for text in sorted(phrases)]


def _folded_phrase(written: str, spaced: bool) -> str:
    words = " ".join(fold(written.strip("*~")).words.split())
    return words + " " if words and spaced and not written.endswith("*") else words


def _with_inner(phrases: list[Phrase], hiding: Bits) -> list[Phrase]:
    """Adds to each phrase the concepts of the phrases inside it, but for phrases whose concepts hide what they hold."""
    scan = _automaton(phrases, Implementation.DFA)
    rich = []
    for phrase in phrases:
        bits = phrase.bits
        if not bits & hiding:
            text = phrase.text if phrase.text.endswith(" ") else phrase.text + " "
            for number, start, end in scan.find_matches_as_indexes(text, overlapping=True):
                inner = phrases[number]
                if end - start < len(phrase.text) and _word_begins(inner, text, start) and not inner.bits & hiding:
                    bits |= inner.bits
        rich.append(phrase._replace(bits=bits))
    return rich
