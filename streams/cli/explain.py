"""`streamward explain`: one request, for a person."""

import sys
import time
from collections.abc import Mapping
from typing import Any

import click
import orjson
from rich.console import Console
from rich.text import Text

from streams.cli.check import batches
from streams.cli.options import POLICY, setting_options, settings_of
from streams.cli.tables import COLOURS
from streams.errors import StreamwardError
from streams.explaining import explain, worth_telling
from streams.lines import record_of
from streams.moderator import load_moderator


@click.command()
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@setting_options(*POLICY)
def command(file: str, as_json: bool, **flags: Any) -> None:
    """Explains the decision of one request: the first line of FILE, or of standard input.

    Says which rules fired and on which words, which did not and which fact kept them from it, and which facts were
    not known.

    \b
    Example:
      streamward explain request.json
      echo '{"tenant": "t-1", "service": {"provider": "azure-openai"},
             "body": {"messages": [{"role": "user", "content": "Who is the woman in this photo?"}]}}' \\
        | tr -d '\\n' | streamward explain
    """
    settings = settings_of(flags)
    line = next((line for lines in batches((file,), settings.max_record_bytes) for line in lines if line.strip()), None)
    if line is None:
        raise StreamwardError(f"{file} holds no request.", "Give one request event, or its bare data, on one line.")
    told = explain(
        load_moderator(settings), record_of(line, int(time.time() * 1000), "/explain", settings.max_record_bytes)
    )
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        tell(told, Console(markup=False, highlight=False))


def tell(told: Mapping[str, Any], console: Console) -> None:
    """The explanation as a page for a person."""
    if "reject" in told:
        console.print(Text("reject", COLOURS["reject"]), told["reject"]["code"], "-", told["reject"]["message"])
        return
    console.print(Text(told["outcome"], COLOURS[told["outcome"]]), f"(the gateway is told: {told['verdict']})")
    for reason in told["reasons"]:
        _reason(reason, console)
    if not told["reasons"]:
        console.print("No rule fired.")
    _others("What did not fire, and what kept it from it", told.get("not_fired", ()), console)
    _others("What could not be settled", told.get("not_known", ()), console)
    if told.get("not_met"):
        console.print(f"\n{told['not_met']} further rules were not met: the request asks for nothing they are about.")
    if told["unknown"]:
        console.print("Not known, and it would have mattered: " + ", ".join(told["unknown"]))
    policy = told["policy"]
    packs = ", ".join(f"{pack['id']} {pack['version']}" for pack in policy["packs"])
    console.print(Text(f"\n{policy['engine']}, packs {packs}\npolicy {policy['digest']}", "dim"))


def _reason(reason: Mapping[str, Any], console: Console) -> None:
    clause = reason["clause"]
    console.print()
    console.print(
        Text(f"{reason['outcome']}", COLOURS[reason["outcome"]]), Text(f"{clause['id']}  {clause['title']}", "bold")
    )
    console.print("  " + reason["message"])
    for piece in reason["evidence"]:
        console.print("  - " + _evidence(piece))


def _others(title: str, entries: Any, console: Console) -> None:
    kept = worth_telling(entries)
    if not kept:
        return
    console.print(Text(f"\n{title}", "bold"))
    for entry in kept:
        because = "; ".join(_evidence(piece) for piece in entry["because"])
        missing = ", ".join(entry["missing"])
        why = f"not known: {missing}" if missing else because or "not in force, or not asked for"
        means = f" -> {entry['means']}" if entry["means"] not in (None, "nothing") else ""
        console.print(f"  {entry['clause']} ({entry['rule']}): {why}{means}")


def _evidence(piece: Mapping[str, Any]) -> str:
    value = "" if piece["value"] is None else f" = {piece['value']}"
    if piece.get("words"):
        return f'{piece["fact"]}{value}, from the words "{piece["words"]}" at {piece["path"]}'
    return f"{piece['fact']}{value}, {piece['from']}" + (f" at {piece['path']}" if piece["path"] else "")
