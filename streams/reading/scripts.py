"""What scripts other than Latin need so that spellings agree.

    Arabic      forms of alef, ya, kaf and ta marbuta are one letter; the stretch of a word is gone
    Devanagari  vowel signs are letters; the dot below is gone, a moon and dot is a dot
    Han         traditional letters are the simplified ones
    Hangul, kana  a syllable or a voiced sound is one letter, however it was put together
"""

import re
import unicodedata
from typing import Final

KEPT_MARKS: Final = re.compile("[\u0900-\u0903\u093a\u093b\u093e-\u094f\u3099\u309a]")
"""Marks that are part of a letter: vowel signs of Devanagari, and the two that make another sound of a kana."""

COMPOSED: Final = re.compile("[\u1160-\u11ff\u3099\u309a]")
"""Parts that make one letter with the one before them."""

_RUN: Final = re.compile("[0-9a-z]+")
_FIRST_PARTED: Final = "\u0590"

_TRADITIONAL: Final = ""
_SIMPLIFIED: Final = ""

SAME_LETTERS: Final[dict[str, str]] = {
    **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
    **{wide: wide for wide in "！？；"},
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",
    "\u0901": "\u0902",
}
"""Letters that stand for another; sentence ends of full width stay, because no blank follows them."""


def composed(before: str, part: str) -> str | None:
    """The one letter that `part` makes with the letter before it, or None."""
    letter = unicodedata.normalize("NFC", before + part)
    return letter if len(letter) == 1 else None


def meeting_places(words: str) -> list[int]:
    """Where letters or digits of Latin script touch a letter of a script that sets no blank between them."""
    places: list[int] = []
    size = len(words)
    for run in _RUN.finditer(words):
        start, end = run.span()
        if start and words[start - 1] >= _FIRST_PARTED:
            places.append(start)
        if end < size and words[end] >= _FIRST_PARTED:
            places.append(end)
    return places
