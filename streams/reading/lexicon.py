"""Words and phrases of every language -> concepts, found in one scan.

A language is one YAML file beside this module: `language`, `words` (concept -> phrases), and optionally
    possessive   the ending of "the caller's", as folded
    spaced       `no` for scripts without blanks between words
    spellings    what is typed for letters of the language, `endings` what a `*` inside a phrase may be (spelling.py)
    marks        common words that show the language, and stand for no concept
    doubtful     those of its phrases that mean something else in another language: they count only where the text
                 shows this one (tongues.py)
    homographs   the same for phrases that are English words: these do not even start the reading
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple

import yaml

from streams.errors import FaultList
from streams.reading.fold import fold
from streams.reading.scan import Scan, in_order, word_begins
from streams.reading.spelling import written_forms
from streams.reading.tongues import Tongues

Bits = int
"""A set of concepts, one bit each."""

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
    return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def all_patterns() -> dict[str, Any]:
    """The pattern files of this package as one: their groups, and their patterns, those of patterns.yaml first."""
    folder = files("streams.reading")
    names = [entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    whole: dict[str, Any] = {"groups": {}, "patterns": []}
    for name in sorted(name for name in names if name.startswith("patterns")):
        part = data_file(f"{name}.yaml")
        whole["groups"].update(part["groups"])
        whole["patterns"].extend(part["patterns"])
    return whole


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
        self,
        sources: Iterable[Mapping[str, Any]],
        implied: Mapping[str, list[str]],
        hiding: Iterable[str],
        showing: Iterable[str] = (),
    ) -> None:
        sources = list(sources)
        self.concepts = Concepts((name for source in sources for name in source["words"]), implied)
        self.possessives = tuple({f" {source['possessive']}" for source in sources if source.get("possessive")})
        told_apart = [source["language"] for source in sources if "marks" in source]
        self._homographs = {text for source in sources for text, _ in _forms(source.get("homographs", ()), source)}
        self._tongues = Tongues(len(self.concepts.bit), told_apart)
        compiled = _compile(sources, self.concepts, self._tongues)
        self._phrases = _with_inner(compiled, self.concepts.any_of(hiding), self.concepts.any_of(showing))
        self._all = Scan([phrase.text for phrase in self._phrases], overlapping=True)
        self._telling: Scan | None = None
        self._telling_phrases: list[Phrase] = []

    def look_first_for(self, telling: Bits) -> None:
        """Sets the concepts one of which any finding needs: text without them is read no further."""
        self._telling_phrases = [phrase for phrase in self._phrases if self._possible(phrase) & telling]
        self._telling = Scan([phrase.text for phrase in self._telling_phrases], overlapping=False)

    def _possible(self, phrase: Phrase) -> Bits:
        return phrase.bits if phrase.text in self._homographs else self._tongues.possible(phrase.bits)

    def is_telling(self, words: str) -> bool:
        """Whether folded text (with a blank at both ends) may hold a telling word."""
        if self._telling is None:
            return True
        found = self._telling.matches(words)
        return bool(found) and any(
            " " in phrase.text[:-1] or _word_begins(phrase, words, start)
            for phrase, start in [(self._telling_phrases[number], start) for number, start, _ in found]
        )

    def hits(self, words: str) -> list[Hit]:
        """All phrases in folded text with a blank at both ends, left to right, without those inside a longer one.

        Two that overlap both count: "tell me who" and "who is she" in "tell me who is she".
        """
        kept: list[Hit] = []
        phrases = self._phrases
        first, last = len(words), -1
        for number, start, end in reversed(self._all.matches(words)):
            if start >= first:
                continue
            _, bits, open_end, spaced = phrases[number]
            if spaced and words[start - 1] != " " and not word_begins(words, start):
                continue
            if open_end:
                hit = (start, words.index(" ", end) if spaced else end, bits)
            else:
                hit = (start, end - 1, bits)
            if end == last:
                kept[-1] = hit
            else:
                kept.append(hit)
            first, last = start, end
        kept.reverse()
        return self._tongues.settled(kept)


def _word_begins(phrase: Phrase, words: str, start: int) -> bool:
    """Whether the phrase, found from `start`, begins there with a word as it must."""
    return not phrase.spaced or word_begins(words, start)


def _compile(sources: list[Mapping[str, Any]], concepts: Concepts, tongues: Tongues) -> list[Phrase]:
    phrases: dict[str, Phrase] = {}
    listed: dict[str, set[str]] = {}
    faults: list[str] = []
    for source in sources:
        language = source["language"]
        doubtful = {text for key in ("doubtful", "homographs") for text, _ in _forms(source.get(key, ()), source)}
        for name, entries in source["words"].items():
            for text, spaced in _forms(entries, source):
                if not text.strip():
                    faults.append(f"{language}: {name}: a phrase has no letters")
                    continue
                meaning = concepts.closure[name]
                if text in doubtful:
                    meaning = tongues.only_under(language, meaning)
                    listed.setdefault(text, set()).add("")
                listed.setdefault(text, set()).add(language)
                known = phrases.get(text, Phrase(text, 0, not text.endswith(" "), spaced))
                phrases[text] = known._replace(bits=known.bits | meaning, spaced=known.spaced and spaced)
    if faults:
        raise FaultList("The lexicon cannot be used.", faults, "Correct or remove these phrases.")
    signs = [(text, tongues.telling_sign(*found)) for text, found in listed.items() if len(found) == 1]
    for source in sources:
        marks = _forms(source.get("marks", ()), source)
        signs.extend((text, tongues.common_sign(source["language"])) for text, _ in marks)
    for text, sign in signs:
        known = phrases.get(text, Phrase(text, 0, not text.endswith(" "), True))
        phrases[text] = known._replace(bits=known.bits | sign)
    return [phrases[text] for text in in_order(list(phrases))]


def _forms(entries: Iterable[str], source: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Every written form of these entries, folded, and whether it has to begin with a word."""
    spaced, spellings, endings = source.get("spaced") != "no", source.get("spellings", {}), source.get("endings", ())
    forms = [
        (_folded_phrase(form, spaced), spaced and not form.startswith("~"))
        for entry in entries
        for form in written_forms(entry, spellings, endings)
    ]
    return forms if spaced else _unspaced(forms)


def _unspaced(forms: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The same for a script without blanks: with the blanks of an entry and without them, Latin words as words."""
    known = [(f"{text} ", text[:1].isascii()) if text[-1:].isascii() else (text, False) for text, _ in forms]
    return known + [(text.rstrip().replace(" ", ""), False) for text, _ in known if " " in text.rstrip()]


def _folded_phrase(written: str, spaced: bool) -> str:
    words = " ".join(fold(written.strip("*~")).words.split())
    return words + " " if words and spaced and not written.endswith("*") else words


def _with_inner(phrases: list[Phrase], hiding: Bits, showing: Bits) -> list[Phrase]:
    """Adds to each phrase the concepts of the phrases inside it, but for phrases whose concepts hide what they hold.

    Concepts that hide are passed on only to phrases that show them.
    """
    scan = Scan([phrase.text for phrase in phrases], overlapping=True)
    rich = []
    for phrase in phrases:
        bits = phrase.bits
        if not bits & hiding:
            text = phrase.text if phrase.text.endswith(" ") else phrase.text + " "
            kept_back = 0 if bits & showing else hiding
            for number, start, end in scan.matches(text):
                inner = phrases[number]
                if end - start < len(phrase.text) and _word_begins(inner, text, start) and not inner.bits & kept_back:
                    bits |= inner.bits
        rich.append(phrase._replace(bits=bits))
    return rich
