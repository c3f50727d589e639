"""`streamward send`: requests from a file onto the requests topic."""

import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

import click

from streams.cli.options import BROKERS, setting_options, settings_of
from streams.errors import StreamwardError
from streams.lines import line_batches
from streams.posting import LARGEST_BYTES, Poster, message_of

SOURCE = "/send"
MOST_NAMED = 10


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--binary", is_flag=True, help="Send in CloudEvents' binary mode: attributes as headers.")
@click.option("--source", default=SOURCE, show_default=True, help="Source of lines that are bare data.")
@setting_options("app_id", "topic_requests", *BROKERS)
def command(file: str, binary: bool, source: str, **flags: Any) -> None:
    """Puts the requests of FILE (JSON Lines, - for standard input) onto the requests topic, keyed by tenant.

    A line is a request event, or its bare data, which gets the digest of the line as its id. A line that is neither
    is not sent, and named. Exits with 1 if a line was not sent or the broker did not take it.

    \b
    Example:
      streamward send requests.jsonl --brokers kafka-1:9092
      streamward send - --binary < requests.jsonl
    """
    settings = settings_of(flags)
    poster = Poster(settings)
    with opened(file) as stream:
        poster.connect()
        unsent = 0
        progress = Progress(poster)
        for number, line in enumerate(lines(stream), 1):
            message = message_of(line, source, binary)
            if message is None:
                unsent += 1
                if unsent <= MOST_NAMED:
                    print(f"line {number}: no JSON object, not sent", file=sys.stderr)
                continue
            poster.post(message)
            progress.show()
    poster.finish()
    progress.end()
    for reason, count in poster.failed.items():
        print(f"{count} not taken by the broker: {reason}", file=sys.stderr)
    print(f"sent {poster.acknowledged} to {settings.topic_requests}, {unsent} lines not sent", file=sys.stderr)
    sys.exit(1 if unsent or poster.failed else 0)


def opened(name: str) -> BinaryIO:
    try:
        return sys.stdin.buffer if name == "-" else Path(name).open("rb")
    except OSError as error:
        raise StreamwardError(
            f"{name} cannot be read: {error.strerror}.", "Name a file of JSON Lines, or - for a pipe."
        ) from None


def lines(stream: BinaryIO) -> Iterator[bytes]:
    for batch in line_batches(stream, LARGEST_BYTES):
        yield from batch


class Progress:
    """How many are acknowledged, twice a second, where a person watches."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._terminal = sys.stderr.isatty()
        self._next = monotonic()

    def show(self) -> None:
        if self._terminal and monotonic() >= self._next:
            self._next = monotonic() + 0.5
            print(f"\r{self._poster.acknowledged} acknowledged", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr)
