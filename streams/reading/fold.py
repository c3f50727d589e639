"""Text in a plain form in which spellings agree, with the way back to the original.

Folded text is lower case without accents, in half-width letters; everything that is no letter or digit is a blank.
Lookalikes of Latin letters are the Latin letter; characters without width are gone; what other scripts need stands in
scripts.py. Lexicon and text are folded the same way, so a rule of folding can never make them disagree.
"""

import re
import unicodedata
from typing import Final, NamedTuple

from streams.reading.scripts import COMPOSED, KEPT_MARKS, SAME_LETTERS, composed, meeting_places


class Folded(NamedTuple):
    """`words` for scanning; `plain` is as long, but keeps punctuation. `offsets[i]`: where words[i] stood (None: at i)."""

    words: str
    plain: str
    offsets: list[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """A span of `words` as a span of the original text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


_ASCII: Final = bytes(ord(chr(i).lower()) if chr(i).isalnum() and i < 128 else 32 for i in range(256))

_LOOKALIKES: Final = dict(
    zip(
        "аасеорхуіјѕһԁԛԝкмтвнαοερτυνικβηω",
        "aaceopxyijshdqwkmtbhaoeptuvikbnw",
        strict=True,
    )
) | {"ß": "s", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "e", "œ": "e", "’": "'", "‘": "'", "ʼ": "'", "`": "'"} | {"…": ".", "“": '"', "”": '"', "–": "-", "—": "-"} | SAME_LETTERS

_ODD: Final = "\ufffe"
"""Stands for a character whose folded form is not exactly one character; the slow road is taken then."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPACED: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*·|]){2,}[^\W\d_](?![^\W_])")
_SHAPE: Final = bytes(120 if chr(i).isalpha() or chr(i) == "?" else 100 if chr(i).isdigit() else 32 for i in range(128)) * 2


def _plain_form(char: str) -> str:
    """What a character is in the plain form with punctuation: nothing, one character or several."""
    known = _LOOKALIKES.get(char)
    if known is not None:
        return known
    if unicodedata.category(char) in ("Cf", "Mn", "Me", "Cs") and not KEPT_MARKS.match(char):
        return ""
    form = unicodedata.normalize("NFKD", char).casefold()
    kept = "".join(part for part in form if unicodedata.category(part) not in ("Mn", "Cf") or KEPT_MARKS.match(part))
    return unicodedata.normalize("NFC", "".join(_LOOKALIKES.get(part, part) for part in kept))


def _is_letter(char: str) -> bool:
    """Letters, digits, and the signs that are part of a letter."""
    return char.isalnum() or (char > "\u0300" and KEPT_MARKS.match(char) is not None)


class _Table(dict[int, str]):
    """Fills itself with the folded form of each character met; bounded by the size of Unicode."""

    def __init__(self, blank_punctuation: bool) -> None:
        super().__init__()
        self._blank = blank_punctuation

    def __missing__(self, code: int) -> str:
        form = _plain_form(chr(code))
        if len(form) != 1 or COMPOSED.match(form):
            form = _ODD
        elif self._blank and not _is_letter(form):
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
        return _parted(_checked(_slow(text) if _ODD in words else Folded(words, text.translate(_PLAIN))))
    return _checked(Folded(words, text) if "\x00" not in words else _slow(text))


def fold_plain(text: str) -> str | None:
    """The words of ASCII text, letter for letter; None where letters are spaced out and have to be put together."""
    words = text.encode().translate(_ASCII)
    shape = words.translate(_SHAPE)
    return None if b"x x x" in shape and b" x x x " in shape else words.decode()


def _checked(folded: Folded) -> Folded:
    """Puts spaced letters together where there are any; the test costs next to nothing where there are none."""
    shape = folded.words.encode("ascii", "replace").translate(_SHAPE)
    if b"x x x" in shape and b" x x x " in b" " + shape + b" ":
        return _rejoined(folded)
    return folded


def fold_name(text: str) -> Folded:
    """Folds the name of a tool, a parameter or a file: camelCase is split into words."""
    cuts = [match.start() for match in _CAMEL.finditer(text)]
    if not cuts:
        return fold(text)
    inner = fold(_with_blanks(text, cuts))
    offsets = _offsets_with_blanks(len(text), cuts)
    if inner.offsets is not None:
        offsets = [offsets[place] for place in inner.offsets]
    return Folded(inner.words, inner.plain, offsets)


def _parted(folded: Folded) -> Folded:
    """A blank wherever Latin letters touch those of a script that sets none: "CCTVで"."""
    cuts = meeting_places(folded.words)
    if not cuts:
        return folded
    offsets = _offsets_with_blanks(len(folded.words), cuts)
    if folded.offsets is not None:
        offsets = [folded.offsets[place] for place in offsets]
    return Folded(_with_blanks(folded.words, cuts), _with_blanks(folded.plain, cuts), offsets)


def _with_blanks(text: str, cuts: list[int]) -> str:
    return " ".join([text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)])


def _offsets_with_blanks(size: int, cuts: list[int]) -> list[int]:
    """Where each character of the text with blanks stood before; a blank stands for the character after it."""
    return sorted([*range(size), *cuts])


def _slow(text: str) -> Folded:
    plain: list[str] = []
    offsets: list[int] = []
    forms: dict[str, str] = {}
    for place, char in enumerate(text):
        form = forms.get(char)
        if form is None:
            form = forms[char] = char.lower() if char < "\x80" else _plain_form(char)
        if form and plain and COMPOSED.match(form):
            whole = composed(plain[-1][-1], form)
            if whole is not None:
                plain[-1] = plain[-1][:-1] + whole
                continue
        if form:
            plain.append(form)
            offsets.extend([place] * len(form))
    joined = "".join(plain)
    words = "".join([char if _is_letter(char) else " " for char in joined])
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
    words, plain, offsets = folded.words, folded.plain, folded.offsets
    return Folded(
        "".join([words[place] for place in keep]),
        "".join([plain[place] for place in keep]),
        [offsets[place] for place in keep] if offsets is not None else keep,
    )
