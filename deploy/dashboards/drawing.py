"""Panels as drawings (SVG) of our own, for people without a Grafana: the same JSON, the same answers of Prometheus."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

PALETTE = ("#5794f2", "#ff9830", "#73bf69", "#b877d9", "#f2cc0c", "#f2495c", "#8ab8ff", "#ffb357", "#96d98d", "#ca95e5")
BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
NAMED = {"green": "#73bf69", "blue": "#5794f2", "orange": "#ff9830", "red": "#f2495c"}
INK, FAINT, GRID = "#d8d9da", "#8e9196", "#2c3235"
LEFT, RIGHT, TOP, LEGEND = 60.0, 10.0, 8.0, 40.0


class Line(NamedTuple):
    """One series: its name and its points, (time, value)."""

    name: str
    points: Sequence[tuple[float, float]]


class Box(NamedTuple):
    """The room for a drawing, in pixels, and the time from and to that it shows."""

    width: float
    height: float
    start: float
    end: float

    def x(self, moment: float) -> float:
        return LEFT + (moment - self.start) / max(1.0, self.end - self.start) * (self.width - LEFT - RIGHT)

    def y(self, share: float) -> float:
        return TOP + (1 - share) * (self.height - TOP - LEGEND - 16)


def shown(value: float, unit: str) -> str:
    """A value as people read it, in the units that the boards use."""
    if math.isnan(value):
        return "–"
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "s":
        return lasting(value)
    if unit == "bytes":
        return next(f"{value / size:.4g} {name}" for size, name in BYTES if abs(value) >= size or size == 1)
    tail = {"reqps": " req/s", "eps": " /s", "ops": " /s"}.get(unit, "")
    if abs(value) >= 10_000:
        return f"{value / 1000:.3g}k{tail}"
    return (f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}") + tail


def lasting(seconds: float) -> str:
    """A time in the unit that suits its length; minutes only from two on."""
    if 120 <= abs(seconds) < 7200:
        return f"{seconds / 60:.3g} min"
    units = ((86_400.0, "d"), (3_600.0, "h"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
    return next((f"{seconds / size:.3g} {name}" for size, name in units if abs(seconds) >= size), "0 s")


def graph(panel: Mapping[str, Any], lines: Sequence[Line], box: Box) -> str:
    """Lines over time, one upon the other where the panel says so."""
    defaults = panel["fieldConfig"]["defaults"]
    custom, unit = defaults.get("custom", {}), defaults["unit"]
    stacked = custom.get("stacking", {}).get("mode") == "normal"
    drawn = stack(lines) if stacked else [(line.points, None) for line in lines]
    peak = max((value for points, _ in drawn for _, value in points), default=0.0)
    limits = [step for step in defaults["thresholds"]["steps"] if step["value"] is not None]
    step = 2.0**20 if unit == "bytes" else 60.0 if unit == "s" and peak > 120 else 1.0
    top = defaults.get("max") or tick(peak * 1.05 / step or 1.0) * 4 * step
    parts = axes(box, top, unit)
    for number, (line, (points, below)) in reversed(list(enumerate(zip(lines, drawn, strict=True)))):
        color = NAMED.get({"allow": "green", "flag": "blue", "hold": "orange", "deny": "red"}.get(line.name, ""), "")
        color = color or PALETTE[number % len(PALETTE)]
        for run in [points] if below else unbroken(points):
            parts.append(curve(run, below, box, top, color, stacked))
    if custom.get("thresholdsStyle", {}).get("mode") == "dashed":
        for limit in limits:
            if limit["value"] <= top:
                at = box.y(limit["value"] / top)
                place = f'x1="{LEFT}" x2="{box.width - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"'
                parts.append(f'<line {place} stroke="{NAMED[limit["color"]]}" stroke-dasharray="6 4" opacity=".8"/>')
    return "".join(parts) + legend([line.name for line in lines], box)


def stack(lines: Sequence[Line]) -> list[tuple[list[tuple[float, float]], list[tuple[float, float]] | None]]:
    """Each line on top of those before it, with what lies below it."""
    below = dict.fromkeys(sorted({moment for line in lines for moment, _ in line.points}), 0.0)
    stacked: list[tuple[list[tuple[float, float]], list[tuple[float, float]] | None]] = []
    for line in lines:
        values = dict(line.points)
        floor = list(below.items())
        raised = [(moment, under + values.get(moment, 0.0)) for moment, under in floor]
        below.update(raised)
        stacked.append((raised, floor))
    return stacked


def unbroken(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The stretches of a line without a gap: where there was no number, nothing is drawn."""
    step = min((after[0] - before[0] for before, after in pairwise(points)), default=0.0)
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if runs[-1] and point[0] - runs[-1][-1][0] > step * 1.5:
            runs.append([])
        runs[-1].append(point)
    return runs


def tick(value: float) -> float:
    """A quarter of an axis that reaches `value`, as a round number."""
    rough = value / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if step * power >= rough), 10 * power)


def axes(box: Box, top: float, unit: str) -> list[str]:
    parts = []
    for quarter in range(5):
        at, text = box.y(quarter / 4), shown(top * quarter / 4, unit)
        parts.append(f'<line x1="{LEFT}" x2="{box.width - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="{GRID}"/>')
        parts.append(label(LEFT - 5, at + 3, text, "end"))
    for number in range(5):
        moment = box.start + (box.end - box.start) * number / 4
        ago = round((box.end - moment) / 60, 1)
        parts.append(
            label(box.x(moment), box.y(0) + 14, f"−{ago:g} min" if ago else "now", "middle" if number < 4 else "end")
        )
    return parts


def curve(
    points: Sequence[tuple[float, float]],
    below: Sequence[tuple[float, float]] | None,
    box: Box,
    top: float,
    color: str,
    filled: bool,
) -> str:
    if not points:
        return ""
    there = [f"{box.x(moment):.1f},{box.y(min(1.0, value / top)):.1f}" for moment, value in points]
    floor = below or [(moment, 0.0) for moment, _ in points]
    back = [f"{box.x(moment):.1f},{box.y(min(1.0, value / top)):.1f}" for moment, value in reversed(floor)]
    area = f'<polygon points="{" ".join(there + back)}" fill="{color}" opacity="{0.35 if filled else 0.08}"/>'
    return area + f'<polyline points="{" ".join(there)}" fill="none" stroke="{color}" stroke-width="1.4"/>'


def legend(names: Sequence[str], box: Box) -> str:
    """The names below the drawing, in two lines at most."""
    parts, across, down = [], LEFT, box.height - LEGEND + 12
    for number, name in enumerate(names):
        width = 16 + 6.1 * len(name)
        if across + width > box.width:
            across, down = LEFT, down + 15
            if down > box.height:
                break
        color = NAMED.get({"allow": "green", "flag": "blue", "hold": "orange", "deny": "red"}.get(name, ""), "")
        parts.append(
            f'<rect x="{across}" y="{down - 6}" width="10" height="3" fill="{color or PALETTE[number % 10]}"/>'
        )
        parts.append(label(across + 13, down, name))
        across += width
    return "".join(parts)


def label(x: float, y: float, text: str, anchor: str = "start", color: str = FAINT, size: int = 10) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}">{escape(text)}</text>'
    )


def heat(panel: Mapping[str, Any], lines: Sequence[Line], box: Box) -> str:
    """Cells as dark as there are few: Prometheus counts each bucket with those below it, so they are taken apart."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    ordered = sorted((line for line in lines if line.name != "+Inf"), key=lambda line: float(line.name))
    cells: list[tuple[int, float, float]] = []
    under: dict[float, float] = {}
    for row, line in enumerate(ordered):
        cells += [(row, moment, max(0.0, value - under.get(moment, 0.0))) for moment, value in line.points]
        under = dict(line.points)
    most = max((value for _, _, value in cells), default=0.0) or 1.0
    rows = max(1, len(ordered))
    step = (box.width - LEFT - RIGHT) / max(1, len({moment for _, moment, _ in cells}))
    tall = (box.y(0) - TOP) / rows
    parts = []
    for row, moment, value in cells:
        if value > most / 500:
            place = f'x="{box.x(moment) - step / 2:.1f}" y="{box.y(0) - (row + 1) * tall:.1f}"'
            size = f'width="{step:.1f}" height="{tall - 1:.1f}"'
            parts.append(f'<rect {place} {size} fill="#ff9830" opacity="{(value / most) ** 0.5:.2f}"/>')
    for row, line in enumerate(ordered):
        if row % max(1, rows // 6) == 0:
            parts.append(label(LEFT - 5, box.y(0) - row * tall - tall / 2 + 3, shown(float(line.name), unit), "end"))
    return "".join(parts)


def number(panel: Mapping[str, Any], lines: Sequence[Line], box: Box) -> str:
    """The newest value, large, with its course faint behind it."""
    defaults = panel["fieldConfig"]["defaults"]
    points = lines[0].points if lines else []
    value = points[-1][1] if points else math.nan
    color = "green"
    for step in defaults["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            color = step["color"]
    peak = max((value for _, value in points), default=0.0) or 1.0
    room = Box(box.width + LEFT + RIGHT, box.height + LEGEND + 16, box.start, box.end)
    moved = "".join(curve(points, None, room, peak * 3.5, NAMED[color], False))
    text = label(box.width / 2, box.height / 2 + 2, shown(value, defaults["unit"]), "middle", NAMED[color], 28)
    return f'<g transform="translate({-LEFT},0)">{moved}</g>{text}'
