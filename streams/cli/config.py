"""`streamward config`: the settings in force."""

import sys
from typing import Any

import click
import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from streams.cli.options import setting_options, settings_of
from streams.settings import CATALOGUE, DEFAULT, Setting, Settings

MASK = "********"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@setting_options(*CATALOGUE)
def command(as_json: bool, **flags: Any) -> None:
    """Shows each setting, its value and where it came from. Secrets are masked.

    Flags count over the environment (STREAMWARD_APP_ID is --app-id), the environment over the TOML file that
    STREAMWARD_CONFIG names, and that over the defaults.

    \b
    Example:
      STREAMWARD_APP_ID=gateway-eu streamward config
      streamward config --config streamward.toml --json
    """
    settings = settings_of(flags)
    if as_json:
        rows = {
            setting.name: {"value": shown(setting, settings), "origin": settings.origins[setting.name]}
            for setting in CATALOGUE.values()
        }
        sys.stdout.buffer.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        Console(soft_wrap=not sys.stdout.isatty(), markup=False, highlight=False).print(table(settings))


def shown(setting: Setting, settings: Settings) -> Any:
    """The value as it may be shown."""
    value = getattr(settings, setting.name)
    return MASK if setting.secret and value is not None else value


def table(settings: Settings) -> Table:
    rows = Table("setting", "value", "from", box=box.SIMPLE_HEAD, pad_edge=False)
    for setting in CATALOGUE.values():
        value, origin = shown(setting, settings), settings.origins[setting.name]
        text = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        rows.add_row(setting.name, text, origin, style="" if origin != DEFAULT else "dim")
    return rows
