"""`streamward check`: requests in, decisions out, without a broker."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import click
import orjson

from streams.cli.options import POLICY, setting_options, settings_of
from streams.errors import StreamwardError
from streams.events import Outcome, Record
from streams.lines import line_batches, record_of
from streams.moderator import load_moderator

SOURCE = "/check"
SEVERITY = {"allow": 0, "flag": 1, "hold": 2, "deny": 3}
Judged = tuple[int, Outcome]


class Sink(Protocol):
    """Takes outcomes with their line numbers as they come; `close` ends it and says whether all was well."""

    def take(self, judged: list[Judged]) -> None: ...
    def close(self) -> bool: ...


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--at", metavar="TIME", help="RFC 3339 time of requests that have none; now, if not given.")
@click.option("--format", "form", type=click.Choice(["jsonl", "table"]), default="jsonl", help="Form of the output.")
@click.option(
    "--fail-on",
    type=click.Choice(["deny", "hold", "flag"]),
    help="Exit with 1 if a request gets this outcome or a worse one. A line that is rejected counts as denied.",
)
@click.option("--verify", metavar="DECISIONS", help="JSON Lines of earlier decisions: are these still the decisions?")
@setting_options("app_id", *POLICY)
def command(
    files: tuple[str, ...], at: str | None, form: str, fail_on: str | None, verify: str | None, **flags: Any
) -> None:
    """Judges requests without a broker: JSON Lines from FILEs, or standard input (-, or no FILE), to decisions.

    A line is a request event, or its bare data. Decisions come out in order, one line for one line; a line that can
    be given no decision yields {"reject": {code, message, line}} in its place.

    \b
    Exit codes: 0 every line got an outcome, 1 --fail-on was met or --verify found a difference,
    2 bad usage or input that cannot be read.

    \b
    Example:
      streamward check requests.jsonl > decisions.jsonl
      echo '{"tenant": "t-1", "service": {"provider": "azure-openai"}, "use": {"capabilities": ["identify"]}}' \\
        | streamward check --format table --fail-on hold
    """
    settings = settings_of(flags)
    moderate = load_moderator(settings).moderate
    sink = sink_for(form, verify)
    worst = -1
    for judged in judgements(files, moderate, milliseconds(at), settings.max_record_bytes):
        sink.take(judged)
        worst = max(worst, *(SEVERITY[outcome.outcome] for _, outcome in judged))
    good = sink.close()
    sys.exit(0 if good and (fail_on is None or worst < SEVERITY[fail_on]) else 1)


def sink_for(form: str, verify: str | None) -> Sink:
    """What a person reads needs more than a pipe does, and is loaded only then."""
    if verify is not None:
        sink: Sink = import_module("streams.cli.verifying").Verification(verify, form)
    elif form == "table":
        sink = import_module("streams.cli.tables").DecisionTable()
    else:
        sink = JsonLines()
    return sink


def judgements(
    files: tuple[str, ...], moderate: Callable[[Record], Outcome], at: int | None, bound: int
) -> Iterator[list[Judged]]:
    """The outcomes of all lines in order, counted from 1 over all files, in the batches that they arrive in."""
    number = 0
    for lines in batches(files, bound):
        judged = []
        for line in lines:
            number += 1
            moment = int(time.time() * 1000) if at is None else at
            judged.append((number, moderate(record_of(line, moment, SOURCE, bound))))
        yield judged


def batches(files: tuple[str, ...], bound: int) -> Iterator[list[bytes]]:
    """All files are opened before a line of the first is judged, so that a misspelt name costs nothing."""
    with ExitStack() as stack:
        streams = [(name, stack.enter_context(opened(name))) for name in files or ("-",)]
        for name, stream in streams:
            try:
                yield from line_batches(stream, bound)
            except OSError as error:
                raise unreadable(name, error) from None


def opened(name: str) -> BinaryIO:
    if name == "-":
        if sys.stdin.isatty():
            print("Requests are read from here, one a line; Ctrl-D ends.", file=sys.stderr)
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise unreadable(name, error) from None


def unreadable(name: str, error: OSError) -> StreamwardError:
    return StreamwardError(f"{name} cannot be read: {error.strerror}.", "Name a file of JSON Lines, or - for a pipe.")


def milliseconds(at: str | None) -> int | None:
    """A time as ms since 1970."""
    if at is None:
        return None
    fix = "Give a time with its zone, as 2026-05-01T00:00:00Z."
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise StreamwardError(f"--at: {at!r} is no time.", fix) from None
    if moment.tzinfo is None:
        raise StreamwardError(f"--at: {at!r} says no zone.", fix)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution * 1000)


def reject_of(number: int, outcome: Outcome) -> dict[str, Any]:
    """What stands in the place of a decision that cannot be given."""
    message = (dict(outcome.headers).get("error-message") or b"").decode("utf-8", "replace")
    return {"reject": {"code": outcome.code, "message": message, "line": number}}


class JsonLines:
    """Decisions as they are, one a line; all that is known goes out before more input is waited for."""

    def __init__(self) -> None:
        self._out = sys.stdout.buffer

    def take(self, judged: list[Judged]) -> None:
        lines = [
            outcome.value if outcome.code is None and outcome.value else orjson.dumps(reject_of(number, outcome))
            for number, outcome in judged
        ]
        self._out.write(b"\n".join(lines) + b"\n")
        self._out.flush()

    def close(self) -> bool:
        return True
