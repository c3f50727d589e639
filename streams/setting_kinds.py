"""What a setting may hold: each kind turns a flag, an environment variable or a TOML value into its final form.

A kind's `shape` is the phrase that completes "give ..."; `parse` raises ValueError with what is wrong about the value.
Values are echoed only by the caller, who knows which settings are secret.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,/\[\]]+):(\d{1,5})")
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


class Kind(NamedTuple):
    """`metavar`: how help calls the value; `optional`: an empty text means that the setting is not set."""

    shape: str
    parse: Callable[[Any], Any]
    optional: bool = False
    metavar: str = "TEXT"


def _as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


def text(shape: str, optional: bool = False) -> Kind:
    """Any text that is not blank."""
    return Kind(shape, _as_text, optional)


def _as_secret(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if not value:
        raise ValueError("is empty")
    return value


def secret(shape: str) -> Kind:
    """A text kept to the letter, blanks included."""
    return Kind(shape, _as_secret, True)


def _as_name(value: Any) -> str:
    found = _as_text(value)
    if not _NAME.fullmatch(found) or found in (".", ".."):
        raise ValueError("holds characters that Kafka refuses, or too many")
    return found


def name(optional: bool = False) -> Kind:
    """A name that Kafka takes for a topic, a group or a client."""
    return Kind("1 to 200 of the characters A-Z a-z 0-9 . _ -", _as_name, optional, "NAME")


def _as_brokers(value: Any) -> str:
    hosts = [host.strip() for host in _as_text(value).split(",")]
    for host in hosts:
        found = _BROKER.fullmatch(host)
        if not found or not 0 < int(found[2]) < 65536:
            raise ValueError(f"has no host and port in {host!r}")
    return ",".join(hosts)


def brokers() -> Kind:
    """Bootstrap servers, normalised to `host:port,host:port`."""
    return Kind("host:port, several with commas between", _as_brokers, metavar="HOST:PORT,...")


def _as_list(value: Any) -> tuple[str, ...]:
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)) or not all(isinstance(entry, str) for entry in given):
        raise ValueError("is not a list of texts")
    entries = tuple(entry.strip() for entry in given if entry.strip())
    twice = {entry for entry in entries if entries.count(entry) > 1}
    if twice:
        raise ValueError(f"names {min(twice)!r} twice")
    return entries


def _as_filled_list(value: Any) -> tuple[str, ...]:
    entries = _as_list(value)
    if not entries:
        raise ValueError("is empty")
    return entries


def names(filled: bool) -> Kind:
    """A list, in a text with commas between; `filled`: at least one entry."""
    return Kind("names or folders with commas between", _as_filled_list if filled else _as_list, metavar="NAME,...")


def choice(*words: str, optional: bool = False) -> Kind:
    """One of the words, in any case; the result is spelled as here."""
    spelled = {word.lower(): word for word in words}

    def parse(value: Any) -> str:
        found = spelled.get(_as_text(value).lower())
        if found is None:
            raise ValueError("is none of the values allowed")
        return found

    return Kind("one of " + ", ".join(words), parse, optional, "|".join(words))


def whole(low: int, high: int) -> Kind:
    """A whole number within its bounds, both included."""

    def parse(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("is not a whole number")
        if not low <= value <= high:
            raise ValueError("is out of range")
        return value

    return Kind(f"a whole number from {low} to {high}", parse, metavar="N")


def share() -> Kind:
    """A part of one, 0 and 1 included."""

    def parse(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError("is not a number")
        try:
            found = float(value)
        except ValueError:
            raise ValueError("is not a number") from None
        if not 0 <= found <= 1:
            raise ValueError("is out of range")
        return found

    return Kind("a number from 0 to 1", parse, metavar="SHARE")


def _as_switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = _as_text(value).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("is neither true nor false")
    return word in _TRUE


def switch() -> Kind:
    """True or false."""
    return Kind("true or false", _as_switch)


def _as_file(value: Any) -> str:
    found = _as_text(value)
    path = Path(found)
    try:
        with path.open("rb"):
            return found
    except OSError as error:
        raise ValueError(f"cannot be read: {(error.strerror or 'no such file').lower()}") from None


def readable_file() -> Kind:
    """The path of a file that can be read now."""
    return Kind("the path of a file that can be read", _as_file, True, "FILE")
