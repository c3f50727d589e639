"""The forms in which one entry of a lexicon may be written.

    (a/b/)      either, or nothing: "(this/that) man", "colo(u/)r"
    word* next  each ending that the language lists under `endings`: "photo* of"
    spellings   per language: letters and what is typed for them ("ä: ae"), each with and without
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_INNER_STAR: Final = re.compile(r"\*(?= )")


def written_forms(entry: str, spellings: Mapping[str, str], endings: Sequence[str]) -> list[str]:
    """All forms of an entry, without repetition, in a fixed order."""
    if "(" not in entry and "* " not in entry and not spellings:
        return [entry]
    forms = (ended for choice in _choices(entry) for ended in _ended(choice, endings))
    return list(dict.fromkeys(spelled for form in forms for spelled in _spelled(form, spellings)))


def _choices(entry: str) -> Iterator[str]:
    pieces = _CHOICE.split(entry)
    parts = [piece.split("/") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    for chosen in product(*parts):
        yield "".join(chosen)


def _ended(form: str, endings: Sequence[str]) -> Iterator[str]:
    first, *rest = _INNER_STAR.split(form)
    for chosen in product(endings, repeat=len(rest)):
        yield first + "".join(ending + piece for ending, piece in zip(chosen, rest, strict=True))


def _spelled(form: str, spellings: Mapping[str, str]) -> Iterator[str]:
    present = [letter for letter in spellings if letter in form.lower()]
    for replaced in product((False, True), repeat=len(present)):
        written = form
        for letter, other in zip(present, replaced, strict=True):
            if other:
                written = written.lower().replace(letter, spellings[letter])
        yield written
