"""The forms in which one entry of a lexicon may be written.

    (a/b/)      either, or nothing: "(this/that) man", "colo(u/)r"
    spellings   per language: letters and what is typed for them ("ä: ae"), each with and without
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

_CHOICE: Final = re.compile(r"\(([^()]*)\)")


def written_forms(entry: str, spellings: Mapping[str, str]) -> list[str]:
    """All forms of an entry, without repetition, in a fixed order."""
    return list(dict.fromkeys(form for choice in _choices(entry) for form in _spelled(choice, spellings)))


def _choices(entry: str) -> Iterator[str]:
    pieces = _CHOICE.split(entry)
    parts = [piece.split("/") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    for chosen in product(*parts):
        yield "".join(chosen)


def _spelled(form: str, spellings: Mapping[str, str]) -> Iterator[str]:
    present = [letter for letter in spellings if letter in form.lower()]
    for replaced in product((False, True), repeat=len(present)):
        written = form
        for letter, other in zip(present, replaced, strict=True):
            if other:
                written = written.lower().replace(letter, spellings[letter])
        yield written
