"""A page with one board, drawn by us from its JSON and the answers of a Prometheus. It is no screenshot of Grafana.

`python -m deploy.dashboards.page PROMETHEUS BOARD.json [MINUTES] > page.html`
"""

import json
import math
import re
import sys
import time
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from deploy.dashboards.drawing import INK, Box, Line, graph, heat, number, shown

WIDTH, ROW, GAP = 1440, 30, 8
STEPS = 160
STYLE = f"""
body {{ margin: 0; background: #111217; color: {INK}; font: 13px sans-serif; width: {WIDTH}px; }}
header {{ padding: 12px 16px 4px; }} header b {{ font-size: 18px; }}
header span {{ color: #8e9196; margin-left: 12px; }}
main {{ position: relative; }} section {{ position: absolute; box-sizing: border-box; overflow: hidden; }}
.panel {{ background: #181b1f; border: 1px solid #25282d; border-radius: 3px; }}
.panel h2 {{ font-size: 13px; font-weight: 600; margin: 6px 10px 2px; }}
.head {{ font-size: 15px; padding: 6px 10px; color: #ccccdc; }}
table {{ border-collapse: collapse; width: calc(100% - 20px); margin: 4px 10px; font-size: 11px; }}
td, th {{ text-align: left; border-bottom: 1px solid #25282d; padding: 3px 6px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; max-width: 260px; }}
svg {{ font-family: sans-serif; display: block; }}
"""


class Source:
    """A Prometheus, and the stretch of time to look at."""

    def __init__(self, address: str, minutes: float, window: str = "30s") -> None:
        self._address = address.rstrip("/")
        self._window = window
        self.end = time.time()
        self.start = self.end - minutes * 60

    def lines(self, target: Mapping[str, Any]) -> list[Line]:
        """What a query answers, each series named as the panel wants it."""
        text = str(target["expr"]).replace("$__rate_interval", self._window)
        text = text.replace("$job", ".+").replace("$instance", ".+")
        step = max(1.0, (self.end - self.start) / STEPS)
        asked = urlencode({"query": text, "start": self.start, "end": self.end, "step": step})
        with urlopen(f"{self._address}/api/v1/query_range?{asked}") as answer:  # noqa: S310  the operator's own
            found = json.load(answer)["data"]["result"]
        return [Line(named(target, series["metric"]), list(_points(series["values"]))) for series in found]


def _points(values: list[tuple[float, str]]) -> Iterator[tuple[float, float]]:
    for moment, text in values:
        if not math.isnan(value := float(text)):
            yield float(moment), value


def named(target: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The name of a series: the panel's form filled in, or its labels."""
    form = target.get("legendFormat", "__auto")
    if form == "__auto":
        return json.dumps(labels)
    return re.sub(r"\{\{(\w+)\}\}", lambda label: labels.get(label[1], ""), form)


def drawn(panel: Mapping[str, Any], source: Source) -> str:
    """A panel: its title and what it shows."""
    place = panel["gridPos"]
    lines = [line for target in panel["targets"] for line in source.lines(target)]
    title = f"<h2>{escape(panel['title'])}</h2>"
    if panel["type"] == "table":
        return title + _table(panel, lines)
    width, height = place["w"] / 24 * WIDTH - GAP - 12, place["h"] * ROW - GAP - 32.0
    box = Box(width, height, source.start, source.end)
    draw = {"timeseries": graph, "heatmap": heat, "stat": number}[panel["type"]]
    return f'{title}<svg width="{width:.0f}" height="{height:.0f}">{draw(panel, lines, box)}</svg>'


def _table(panel: Mapping[str, Any], lines: list[Line]) -> str:
    rows = [(json.loads(line.name), line.points[-1][1]) for line in lines if line.points]
    names = sorted({name for labels, _ in rows for name in labels})
    unit = panel["fieldConfig"]["defaults"]["unit"]
    head = "".join(f"<th>{escape(name)}</th>" for name in (*names, "value"))
    cells = [[*(labels.get(name, "") for name in names), shown(value, unit)] for labels, value in rows]
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    return f"<table><tr>{head}</tr>{body}</table>"


def page(board: Mapping[str, Any], source: Source) -> str:
    """The whole board."""
    parts, bottom = [], 0
    for panel in board["panels"]:
        at = panel["gridPos"]
        left, top = at["x"] / 24 * WIDTH + GAP / 2, at["y"] * ROW
        size = f"width:{at['w'] / 24 * WIDTH - GAP:.0f}px;height:{at['h'] * ROW - GAP}px"
        row = panel["type"] == "row"
        inside = escape(panel["title"]) if row else drawn(panel, source)
        kind = "head" if row else "panel"
        parts.append(f'<section class="{kind}" style="left:{left:.0f}px;top:{top}px;{size}">{inside}</section>')
        bottom = max(bottom, (at["y"] + at["h"]) * ROW)
    note = "our own rendering of the board's JSON and of a real Prometheus; not a Grafana screenshot"
    head = f"<header><b>{escape(board['title'])}</b><span>{note}</span></header>"
    body = f'<main style="height:{bottom + 10}px">{"".join(parts)}</main>'
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{head}{body}\n'


if __name__ == "__main__":
    minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 15.0
    sys.stdout.write(page(json.loads(Path(sys.argv[2]).read_text()), Source(sys.argv[1], minutes)))
