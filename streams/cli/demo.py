"""`streamward demo`: the whole thing on one machine, with nothing else installed."""

import signal
import sys
from types import FrameType
from typing import Any

import click

from streams.cli.options import POLICY, setting_options, settings_of
from streams.demo.show import Plan, perform

TERMINATED = 143


@click.command()
@click.option("--requests", metavar="FILE", help="Send the requests of this JSON Lines file, and end with it.")
@click.option(
    "--seconds", type=click.FloatRange(1), metavar="N", help="End after N seconds [20; with FILE: at its end]."
)
@click.option("--rate", type=click.FloatRange(0.1), metavar="N", help="Requests a second [20; FILE in about 20 s].")
@click.option("--keep", is_flag=True, help="Leave everything running after the summary, until Ctrl-C.")
@setting_options("app_id", "http_host", "http_port", *POLICY)
def command(requests: str | None, seconds: float | None, rate: float | None, keep: bool, **flags: Any) -> None:
    """Shows Streamward at work: an embedded Kafka broker, a worker, a gateway that sends requests, and each verdict
    with its clause and what it rests on as it happens; at the end a summary.

    The requests are made up, most of them ordinary; with --requests they are yours, and so are the words it quotes.

    \b
    Example:
      streamward demo
      streamward demo --requests requests.jsonl
      streamward demo --seconds 60 --rate 100 --keep
    """
    signal.signal(signal.SIGTERM, leave)
    settings = settings_of(flags)
    try:
        perform(settings, Plan(requests, seconds, rate), keep)
    except KeyboardInterrupt:
        if not keep:
            raise


def leave(_: int, __: FrameType | None) -> None:
    """Ends by the way of an exception, so that the worker is ended too."""
    sys.exit(TERMINATED)
