"""The forms of panels: a graph, one number, a table, a heat map.

In a query `@` stands for what a person has chosen: `{@}` for the jobs and instances, `[@]` for the window of a rate.
"""

from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import common as look
from grafana_foundation_sdk.builders import dashboard as frame
from grafana_foundation_sdk.builders import heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DATASOURCE = dashboard.DataSourceRef("prometheus", "${datasource}")
CHOSEN = 'job=~"$job", instance=~"$instance"'
OUTCOMES = {"allow": "green", "flag": "blue", "hold": "orange", "deny": "red"}
GREEN, AMBER, RED = "green", "orange", "red"


class Panel(NamedTuple):
    """A panel and its size: width in columns of 24, height in rows of about 30 pixels."""

    view: Builder[dashboard.Panel]
    width: int
    height: int


class Row(NamedTuple):
    """A heading and the panels below it, from left to right."""

    title: str
    panels: Sequence[Panel]


class Query(NamedTuple):
    """What to ask Prometheus, and what to call each answer: `{{label}}` is filled in."""

    text: str
    name: str = ""

    @property
    def expression(self) -> str:
        return self.text.replace("[@]", "[$__rate_interval]").replace("@", CHOSEN)


def graph(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    width: int = 8,
    stacked: bool = False,
    limits: Sequence[tuple[float, str]] = (),
    most: float | None = None,
) -> Panel:
    """Lines over time. `limits` are drawn as lines: from this value on, this colour. `most` ends the axis."""
    view = timeseries.Panel().title(title).description(description).unit(unit).datasource(DATASOURCE).min(0)
    view.targets([_target(query, number) for number, query in enumerate(queries)])
    view.line_width(1).fill_opacity(30 if stacked else 8).show_points(common.VisibilityMode.NEVER)
    view.span_nulls(False).color_scheme(_palette())
    view.stacking(look.StackingConfig().mode(common.StackingMode.NORMAL if stacked else common.StackingMode.NONE))
    legend = look.VizLegendOptions().display_mode(common.LegendDisplayMode.LIST).show_legend(True)
    view.legend(legend.placement(common.LegendPlacement.BOTTOM).calcs([]))
    view.tooltip(look.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    view.thresholds(_steps(limits))
    style = common.GraphThresholdsStyleMode.DASHED if limits else common.GraphThresholdsStyleMode.OFF
    view.thresholds_style(look.GraphThresholdsStyleConfig().mode(style))
    for name, color in OUTCOMES.items():
        fixed = {"mode": "fixed", "fixedColor": color}
        view.override_by_name(name, [dashboard.DynamicConfigValue("color", fixed)])
    if most is not None:
        view.max(most)
    return Panel(view, width, 8)


def number(
    title: str,
    description: str,
    unit: str,
    query: Query,
    limits: Sequence[tuple[float, str]] = (),
    first: str = GREEN,
    width: int = 4,
) -> Panel:
    """One number, the newest, with its course behind it. `limits`: from this value on, this colour, `first` below."""
    view = stat.Panel().title(title).description(description).unit(unit).datasource(DATASOURCE)
    view.targets([_target(query, 0)]).thresholds(_steps(limits, first)).no_value("none")
    view.reduce_options(look.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
    view.graph_mode(common.BigValueGraphMode.AREA).color_mode(common.BigValueColorMode.VALUE)
    view.justify_mode(common.BigValueJustifyMode.AUTO).orientation(common.VizOrientation.AUTO)
    view.text_mode(common.BigValueTextMode.AUTO).wide_layout(True)
    return Panel(view, width, 4)


def listing(title: str, description: str, unit: str, query: Query, width: int = 12) -> Panel:
    """A table of the labels of each answer and its value."""
    view = table.Panel().title(title).description(description).unit(unit).datasource(DATASOURCE)
    asked = _target(query, 0).instant().format(PromQueryFormat.TABLE)
    view.targets([asked]).show_header(True).cell_height(common.TableCellHeight.SM)
    hidden = {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": {"Value": "value"}}
    view.with_transformation(dashboard.DataTransformerConfig(id_val="organize", options=hidden))
    return Panel(view, width, 8)


def heat(title: str, description: str, unit: str, query: Query, width: int = 8) -> Panel:
    """How the values of a histogram are spread, over time: the query asks for the rate of its buckets by `le`."""
    view = heatmap.Panel().title(title).description(description).unit(unit).datasource(DATASOURCE)
    view.targets([_target(query, 0).format(PromQueryFormat.HEATMAP)]).calculate(False)
    view.color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Oranges").steps(64))
    view.y_axis(heatmap.YAxisConfig().unit(unit)).cell_gap(1).show_legend()
    return Panel(view, width, 8)


def _target(query: Query, number: int) -> prometheus.Dataquery:
    asked = prometheus.Dataquery().ref_id(chr(ord("A") + number)).expr(query.expression).datasource(DATASOURCE)
    return asked.range().legend_format(query.name or "__auto")


def _palette() -> frame.FieldColor:
    return frame.FieldColor().mode(dashboard.FieldColorModeId.PALETTE_CLASSIC)


def _steps(limits: Sequence[tuple[float, str]], first: str = GREEN) -> frame.ThresholdsConfig:
    steps = [dashboard.Threshold(None, first), *(dashboard.Threshold(value, color) for value, color in limits)]
    return frame.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
