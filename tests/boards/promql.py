"""As much of Prometheus's language as the tests need: what a query selects, and how. promtool knows the rest."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(
    r"(?P<name>[a-zA-Z_:][\w:]*)\s*(?P<call>\()?(?:\{(?P<matchers>[^}]*)\})?\s*(?:\[(?P<window>[^\]]*)\])?"
)
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


class Selector(NamedTuple):
    """One selection of series: `window` is None without a range, `function` what it is handed to directly."""

    name: str
    matchers: dict[str, tuple[str, str]]
    window: str | None
    function: str | None


def selectors(text: str) -> Iterator[Selector]:
    """The selectors of a query, in their order."""
    plain = _GROUPING.sub(" ", text)
    last_call, after = None, -1
    for found in _SELECTOR.finditer(plain):
        if found["call"]:
            last_call, after = found["name"], found.end()
        elif found["name"].lower() not in _WORDS and not _in_a_number(plain, found.start()):
            function = last_call if after == found.start() else None
            matchers = {label: (how, value) for label, how, value in _MATCHER.findall(found["matchers"] or "")}
            yield Selector(found["name"], matchers, found["window"], function)


def labels(text: str) -> set[str]:
    """The labels that a query groups or joins by."""
    return {label.strip() for _, names in _GROUPING.findall(text) for label in names.split(",") if label.strip()}


def _in_a_number(text: str, at: int) -> bool:
    """Whether what starts here is the tail of a number or duration, like the m of 5m."""
    return at > 0 and text[at - 1].isdigit()
