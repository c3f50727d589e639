"""A decision in a few words, for people at a terminal: what it rests on, and the words it points at.

A decision points at content and never copies it (unless quoting is on); the words can be shown only by one who has the
request itself, as the demo and `explain` do.
"""

import re
from collections.abc import Mapping
from typing import Any

_GAP = re.compile(r"\s+")
# Control characters, among them escape sequences and bidirectional overrides, would reach the reader's terminal.
_UNSEEMLY = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def basis_of(reason: Mapping[str, Any], data: Mapping[str, Any] | None = None, most: int = 3) -> str:
    """The facts and words that a reason rests on; words only where the request's `data` is at hand, or quoted."""
    said: list[str] = []
    for evidence in reason.get("evidence", ()):
        words = evidence.get("quote") or words_at(evidence, data)
        value = evidence.get("value")
        fact = evidence["fact"] if value is None else f"{evidence['fact']}={value_of(value)}"
        shown = f'"{shorten(words)}"' if words else fact
        if shown not in said:
            said.append(shown)
    return ", ".join(said[:most]) + (" …" if len(said) > most else "")


def words_at(evidence: Mapping[str, Any], data: Mapping[str, Any] | None) -> str | None:
    """The words of the request at which a piece of evidence points."""
    start, end, path = evidence.get("start"), evidence.get("end"), evidence.get("path")
    if data is None or start is None or path is None:
        return None
    found = at_pointer(data, path)
    return found[start:end] if isinstance(found, str) else None


def at_pointer(data: Any, pointer: str) -> Any:
    """What a JSON Pointer (RFC 6901) points at; None where it points at nothing."""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        else:
            return None
    return data


def value_of(value: Any) -> str:
    """A fact's value on one line."""
    if isinstance(value, list):
        return "+".join(map(value_of, value))
    return "yes" if value is True else "no" if value is False else shorten(str(value))


def shorten(text: str, most: int = 60) -> str:
    """The text on one line, without what a terminal would obey, cut to `most` characters."""
    line = _UNSEEMLY.sub(" ", _GAP.sub(" ", text)).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
