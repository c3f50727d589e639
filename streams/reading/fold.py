"""Text in a plain form in which spellings agree, with the way back to the original.

Folded text is lower case without accents, in half-width letters; everything that is no letter or digit is a blank.
Lookalikes of Latin letters are the Latin letter; characters without width are gone. Lexicon and text are folded the
same way, so a rule of folding can never make them disagree.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from streams.reading.veils import may_be_veiled


class Folded(NamedTuple):
    """`words` for scanning; `plain` is as long, but keeps punctuation.

    `offsets[i]` is where `words[i]` stood in the original; None: at i itself. `ends[i]` is where it ended there, given
    only where one character may stand for several.
    """

    words: str
    plain: str
    offsets: list[int] | None = None
    ends: list[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """A span of `words` as a span of the original text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.ends[end - 1] if self.ends else self.offsets[end - 1] + 1

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> "Folded":
        """With other words in place of some; `edits` come in order and do not overlap.

        Each new word comes from all of the old one.
        """
        size = len(self.words)
        old_starts = self.offsets if self.offsets is not None else range(size)
        old_ends = self.ends or [place + 1 for place in old_starts]
        words, plain = [], []
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for start, end, word in (*edits, (size, size, "")):
            words += [self.words[last:start], word]
            plain += [self.plain[last:start], word]
            starts.extend(old_starts[last:start])
            ends.extend(old_ends[last:start])
            if word:
                starts.extend([old_starts[start]] * len(word))
                ends.extend([old_ends[end - 1]] * len(word))
            last = end
        return Folded("".join(words), "".join(plain), starts, ends)

    def seen_from(self, starts: list[int], ends: list[int]) -> "Folded":
        """With offsets in the text from which the folded one was made; character i of that stood there so."""
        own = self.offsets if self.offsets is not None else range(len(self.words))
        own_ends = self.ends or [place + 1 for place in own]
        return self._replace(offsets=[starts[place] for place in own], ends=[ends[place - 1] for place in own_ends])


_ASCII: Final = bytes(ord(chr(i).lower()) if chr(i).isalnum() and i < 128 else 32 for i in range(256))

_CYRILLIC_AND_GREEK: Final = dict(
    zip("аасеорхуіјѕһԁԛԝкмтвнαοερτυνικβηω", "aaceopxyijshdqwkmtbhaoeptuvikbnw", strict=True)
)
_LATIN: Final = {"ß": "s", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "e", "œ": "e"}
_PUNCTUATION: Final = dict.fromkeys("’‘ʼ`", "'") | {"…": ".", "“": '"', "”": '"', "–": "-", "—": "-"}
_LOOKALIKES: Final = _CYRILLIC_AND_GREEK | _LATIN | _PUNCTUATION

_ODD: Final = "\ufffe"
"""Stands for a character whose folded form is not exactly one character; the slow road is taken then."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPACED: Final = re.compile(
    r"(?<![^\W_])[^\W\d_](?:([ \n])[^\W\d_](?![^\W_])(?:\1[^\W\d_](?![^\W_]))++"
    r"|(?:(?:[^\w\s]|_)[^\W\d_](?![^\W_])){2,}+)"
)
_SHAPE: Final = bytes(ord("x") if chr(i).isalpha() or chr(i) == "?" else 32 for i in range(128)) * 2


def _plain_form(char: str) -> str:
    """What a character is in the plain form with punctuation: nothing, one character or several."""
    known = _LOOKALIKES.get(char)
    if known is not None:
        return known
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cs"):
        return ""
    form = unicodedata.normalize("NFKD", char).casefold()
    kept = "".join(part for part in form if unicodedata.category(part) not in ("Mn", "Cf"))
    return "".join(_LOOKALIKES.get(part, part) for part in kept)


class _Table(dict[int, str]):
    """Fills itself with the folded form of each character met; bounded by the size of Unicode."""

    def __init__(self, blank_punctuation: bool) -> None:
        super().__init__()
        self._blank = blank_punctuation

    def __missing__(self, code: int) -> str:
        form = _plain_form(chr(code))
        if len(form) != 1:
            form = _ODD
        elif self._blank and not form.isalnum():
            form = " "
        self[code] = form
        return form


_WORDS: Final = _Table(blank_punctuation=True)
_PLAIN: Final = _Table(blank_punctuation=False)


def _western_table() -> bytes:
    """Folding of code page 1252 (most Western text with its quotes) byte by byte; 0 where it is not one ASCII byte."""
    table = bytearray(256)
    for code in range(1, 256):
        char = bytes([code]).decode("cp1252", "ignore")
        form = _plain_form(char) if char else " "
        if len(form) == 1:
            table[code] = 32 if not form.isalnum() else ord(form) if form.isascii() else 0
    return bytes(table)


_WESTERN: Final = _western_table()


def fold(text: str) -> Folded:
    """Folds one text; time linear in its length."""
    if text.isascii():
        return _checked(Folded(text.encode().translate(_ASCII).decode(), text))
    try:
        words = text.encode("cp1252").translate(_WESTERN).decode("latin-1")
    except UnicodeEncodeError:
        words = text.translate(_WORDS)
        if _ODD in words:
            return _checked(_slow(text))
        return _checked(Folded(words, text.translate(_PLAIN)))
    return _checked(Folded(words, text) if "\x00" not in words else _slow(text))


def fold_plain(text: str) -> str | None:
    """The words of ASCII text, letter for letter; None where something may have to be read through."""
    raw = text.encode()
    return None if may_be_veiled(text, raw) else raw.translate(_ASCII).decode()


def _checked(folded: Folded) -> Folded:
    """Puts spaced letters together where there are any; the test costs next to nothing where there are none."""
    shape = folded.words.encode("ascii", "replace").translate(_SHAPE)
    if b"x x x" in shape and b" x x x " in b" " + shape + b" ":
        return _rejoined(folded)
    return folded


def fold_name(text: str) -> Folded:
    """Folds the name of a tool, a parameter or a file: camelCase is split into words."""
    if not _CAMEL.search(text):
        return fold(text)
    pieces: list[str] = []
    offsets: list[int] = []
    last = 0
    for cut in [*(match.start() for match in _CAMEL.finditer(text)), len(text)]:
        pieces.append(text[last:cut])
        offsets.extend(range(last, cut))
        if cut < len(text):
            pieces.append(" ")
            offsets.append(cut)
        last = cut
    inner = fold("".join(pieces))
    if inner.offsets is None:
        return Folded(inner.words, inner.plain, offsets)
    return Folded(inner.words, inner.plain, [offsets[place] for place in inner.offsets])


def _slow(text: str) -> Folded:
    plain: list[str] = []
    offsets: list[int] = []
    forms: dict[str, str] = {}
    for place, char in enumerate(text):
        form = forms.get(char)
        if form is None:
            form = forms[char] = char.lower() if char < "\x80" else _plain_form(char)
        if form:
            plain.append(form)
            offsets.extend([place] * len(form))
    joined = "".join(plain)
    words = "".join(char if char.isalnum() else " " for char in joined)
    return Folded(words, joined, offsets)


def _rejoined(folded: Folded) -> Folded:
    """Letters written one by one ("f a c e", "f-a-c-e") are put together again; two separators part words."""
    keep: list[int] = []
    last = 0
    for match in _SPACED.finditer(folded.plain):
        keep.extend(range(last, match.start()))
        keep.extend(range(match.start(), match.end(), 2))
        last = match.end()
    keep.extend(range(last, len(folded.plain)))
    words, plain, offsets, ends = folded
    return Folded(
        "".join([words[place] for place in keep]),
        "".join([plain[place] for place in keep]),
        [offsets[place] for place in keep] if offsets is not None else keep,
        [ends[place] for place in keep] if ends is not None else None,
    )
