"""`streamward eval`: how well judgement does on labelled texts."""

import sys
from pathlib import Path
from typing import Any

import click
import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from streams.cli.options import POLICY, setting_options, settings_of
from streams.cli.tables import console
from streams.errors import StreamwardError
from streams.measuring import Group, Judged, Report, Share, as_json, differences, judge_rows, measure, read_rows
from streams.moderator import load_moderator


@click.command()
@click.argument("data")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs and for --against.")
@click.option("--datasets", metavar="NAMES", help="Only these data sets, by name, separated by commas.")
@click.option("--topics", metavar="NAMES", help="Only these topics, by name, separated by commas.")
@click.option("--against", metavar="REPORT", help="An earlier report (--json): what changed since.")
@click.option("--show", default=10, show_default=True, help="How many misses and alarms to list.")
@click.option("--texts", is_flag=True, help="Show the texts of misses and alarms, too.")
@setting_options(*POLICY)
def command(
    data: str,
    json_wanted: bool,
    datasets: str | None,
    topics: str | None,
    against: str | None,
    show: int,
    texts: bool,
    **flags: Any,
) -> None:
    """Measures recall and false alarms on labelled texts: one {id, text, form, label, coc_topic, lang, dataset} a line.

    A hit is deny or hold. Rows labelled unclear are left out. Intervals are Wilson's, 95 %.

    \b
    Example:
      streamward eval labelled.jsonl
      streamward eval labelled.jsonl --json > before.json
      streamward eval labelled.jsonl --against before.json
    """
    moderator = load_moderator(settings_of(flags))
    rows = [
        row
        for row in read_rows(_read(data).splitlines(), data)
        if _chosen(row.dataset, datasets) and _chosen(row.topic, topics)
    ]
    if not rows:
        raise StreamwardError(
            f"{data} holds no text of these data sets and topics.", "Leave --datasets or --topics out."
        )
    judged = []
    for count, one in enumerate(judge_rows(rows, moderator), 1):
        judged.append(one)
        if sys.stderr.isatty() and count % 500 == 0:
            print(f"\r{count} of {len(rows)}", end="", file=sys.stderr)
    report = measure(judged)
    written = as_json(report)
    if against:
        written["against"] = differences(written, _earlier(against))
    if json_wanted:
        sys.stdout.buffer.write(orjson.dumps(written, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        _tell(report, show, texts)
        for name, ids in written.get("against", {}).items():
            print(f"{name.replace('_', ' ')}: {len(ids)}" + (f", {', '.join(ids[:show])}" if ids else ""))


def _chosen(name: str, wanted: str | None) -> bool:
    return wanted is None or name in wanted.split(",")


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise StreamwardError(f"{name} cannot be read: {error.strerror}.", "Name a JSON Lines file, or -.") from None


def _earlier(name: str) -> dict[str, Any]:
    try:
        report = orjson.loads(_read(name))
    except orjson.JSONDecodeError:
        report = None
    if not isinstance(report, dict) or not {"misses", "alarms"} <= report.keys():
        raise StreamwardError(f"{name} is no report.", "Make one with `streamward eval DATA --json`.")
    return report


def _tell(report: Report, show: int, texts: bool) -> None:
    page = console(sys.stdout.isatty())
    rows = Table("", "recall", "95 %", "of", "false alarms", "95 %", "of", box=box.SIMPLE_HEAD, pad_edge=False)
    for kind, groups in report.groups.items():
        for name, group in groups.items():
            rows.add_row(f"{kind} {name}", *_cells(group))
    rows.add_row("all", *_cells(report.total), style="bold")
    page.print(rows)
    clauses = Table("topic: leading clause of a hit", "rows", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, count in report.clauses.most_common(show):
        clauses.add_row(name, str(count))
    page.print(clauses)
    _list(page, "missed", report.misses, show, texts)
    _list(page, "alarmed at", report.alarms, show, texts)
    print(f"{report.unclear} rows labelled unclear were left out", file=sys.stderr)


def _cells(group: Group) -> list[str]:
    return [*_share(group.recall), *_share(group.alarms)]


def _share(share: Share) -> list[str]:
    if share.value is None or share.interval is None:
        return ["", "", ""]
    low, high = share.interval
    return [f"{share.value:.1%}", f"{low:.1%} to {high:.1%}", str(share.of)]


def _list(page: Console, title: str, judged: list[Judged], show: int, texts: bool) -> None:
    """The rows gone wrong, those with a flag first among misses, since they are nearest to right."""
    page.print(f"{title}: {len(judged)}")
    for one in sorted(judged, key=lambda one: one.outcome == "allow")[:show]:
        said = f": {' '.join(one.row.text.split())[:160]}" if texts else ""
        page.print(f"  {one.row.id} ({one.row.topic}) {one.outcome} {' '.join(one.clauses)}{said}")
