"""`streamward worker`: the moderator on Kafka."""

import sys
from typing import Any

import click

from streams.cli.options import setting_options, settings_of
from streams.moderator import load_moderator
from streams.settings import CATALOGUE
from streams.worker import run_worker


@click.command()
@setting_options(*CATALOGUE)
def command(**flags: Any) -> None:
    """Consumes requests, judges them and produces decisions until SIGTERM; then finishes what it holds and commits.

    Its door answers /metrics, /livez, /readyz and /policy. Every setting is also an environment variable:
    --app-id is STREAMWARD_APP_ID.

    \b
    Example:
      streamward worker --brokers kafka-1:9092,kafka-2:9092
      STREAMWARD_BROKERS=kafka-1:9092 STREAMWARD_HTTP_HOST=0.0.0.0 streamward worker
    """
    settings = settings_of(flags)
    sys.exit(run_worker(settings, load_moderator(settings)))
