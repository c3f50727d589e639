"""`streamward check --verify`: are recorded decisions still the decisions?

What a decision's request does not determine is left aside: the moderator's name, the time and the timing of the
judgement, and the record's place in its topic. All else must be the same, its type included.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from streams.cli.check import reject_of
from streams.errors import StreamwardError
from streams.events import Outcome
from streams.wording import shorten

ASIDE = {"/source", "/time", "/data/timing", "/data/request/topic", "/data/request/partition", "/data/request/offset"}
ABSENT = "(absent)"
Key = tuple[str, Any, Any]


class Verification:
    """Compares outcomes with recorded ones; prints a line for each place that differs."""

    def __init__(self, path: str, form: str) -> None:
        self._form = form
        self._recorded = recorded(path)
        self._met: set[Key] = set()
        self._lines = 0
        self._differing = 0

    def take(self, judged: list[tuple[int, Outcome]]) -> None:
        for number, outcome in judged:
            now = orjson.loads(outcome.value) if outcome.code is None and outcome.value else reject_of(number, outcome)
            found = list(self._differences(now))
            self._lines += 1
            self._differing += bool(found)
            for path, then, still in found:
                self._tell(number, now, path, then, still)
        sys.stdout.flush()

    def _differences(self, now: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        key = key_of(now)
        self._met.add(key)
        if key not in self._recorded:
            yield "", ABSENT, "reject" if "reject" in now else "decision"
        for then in self._recorded.get(key, ()):
            yield from differences(then, now)

    def _tell(self, number: int, now: dict[str, Any], path: str, then: Any, still: Any) -> None:
        request = now.get("data", {}).get("request", {})
        if self._form == "jsonl":
            row = {"line": number, "source": request.get("source"), "id": request.get("id"), "path": path}
            print(orjson.dumps({**row, "recorded": then, "now": still}).decode())
        else:
            values = [
                shorten(value if isinstance(value, str) else orjson.dumps(value).decode()) for value in (then, still)
            ]
            print(f"line {number}, {shorten(str(request.get('id')))}: {path or 'outcome'}: {values[0]} -> {values[1]}")

    def close(self) -> bool:
        unmet = len(self._recorded.keys() - self._met)
        print(f"{self._lines - self._differing} of {self._lines} outcomes are as recorded.", file=sys.stderr)
        if unmet:
            print(f"{unmet} recorded outcomes are of requests that were not given.", file=sys.stderr)
        return not self._differing


def recorded(path: str) -> dict[Key, list[dict[str, Any]]]:
    """Recorded outcomes by what they are about; a request that was delivered twice has two.

    Raises StreamwardError when the file cannot be read, or holds a line that is neither a decision nor a reject.
    """
    fix = "Give a file of decisions as JSON Lines, as `streamward check` writes and `streamward tail` shows them."
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    try:
        with Path(path).open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    outcome = orjson.loads(line)
                    found[key_of(outcome)].append(outcome)
                except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
                    raise StreamwardError(f"{path}, line {number}: no decision.", fix) from None
    except OSError as error:
        raise StreamwardError(f"{path} cannot be read: {error.strerror}.", fix) from None
    return found


def key_of(outcome: dict[str, Any]) -> Key:
    """A decision is about its request, a reject about its line."""
    if "reject" in outcome:
        return ("reject", outcome["reject"]["line"], None)
    request = outcome["data"]["request"]
    return ("decision", request["source"], request["id"])


def differences(then: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places (JSON Pointers) at which two outcomes differ, with both values."""
    if path in ASIDE:
        return
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            token = key.replace("~", "~0").replace("/", "~1")
            yield from differences(then.get(key, ABSENT), now.get(key, ABSENT), f"{path}/{token}")
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for index, (old, new) in enumerate(zip(then, now, strict=True)):
            yield from differences(old, new, f"{path}/{index}")
    elif type(then) is not type(now) or then != now:
        yield path, then, now
