"""`streamward check --format table`: decisions for a person."""

import sys
from collections import Counter
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.events import Outcome
from streams.wording import basis_of, shorten

COLOURS = {"allow": "green", "flag": "yellow", "hold": "magenta", "deny": "red bold", "reject": "red"}


class DecisionTable:
    """Collects a row for each line and prints them when the input ends."""

    def __init__(self) -> None:
        self._rows = Table("line", "request", "outcome", "clause", "rests on", box=box.SIMPLE_HEAD, pad_edge=False)
        self._tally: Counter[str] = Counter()

    def take(self, judged: list[tuple[int, Outcome]]) -> None:
        for number, outcome in judged:
            name = outcome.outcome if outcome.code is None else "reject"
            self._tally[name] += 1
            request, clause, basis = ("", outcome.code or "", "") if name == "reject" else summary(outcome)
            self._rows.add_row(str(number), request, Text(name, COLOURS[name]), clause, basis)

    def close(self) -> bool:
        console(sys.stdout.isatty()).print(self._rows)
        counted = ", ".join(f"{count} {name}" for name, count in self._tally.most_common())
        print(counted or "no requests", file=sys.stderr)
        return True


def console(terminal: bool) -> Console:
    """Where tables are printed; in a pipe a row is never broken."""
    return Console(markup=False, highlight=False, width=None if terminal else 200)


def summary(outcome: Outcome) -> tuple[str, str, str]:
    """Request, leading clause and what it rests on."""
    data: dict[str, Any] = orjson.loads(outcome.value or b"{}")["data"]
    request = shorten(str(data["request"]["id"]), 24)
    if not data["reasons"]:
        return request, "", ""
    leading, *others = data["reasons"]
    clause = leading["clause"]["id"] + (f" +{len(others)}" if others else "")
    return request, clause, basis_of(leading)
