"""The frame of every board: its variables, its place for each panel, its links to the others."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard as frame
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from deploy.dashboards.panels import DATASOURCE, Row

COLUMNS = 24
PRESENT = "streamward_build_info"


class Board(NamedTuple):
    """One board. `name` is that of its file, and its address in Grafana."""

    name: str
    title: str
    description: str
    rows: Sequence[Row]

    def written(self) -> str:
        """The board as Grafana reads it: JSON, the same bytes each time."""
        made = frame.Dashboard(self.title).uid(self.name).description(self.description).tags(["streamward"]).readonly()
        made.time("now-1h", "now").refresh("30s").timezone("browser").tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        made.variables([_source(), _query("job", "Job", PRESENT), _query("instance", "Instance", _of_job(PRESENT))])
        made.link(_others())
        built = made.build()
        built.panels = list(self._placed())
        return json.dumps(built, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def _placed(self) -> list[dashboard.Panel | dashboard.RowPanel]:
        placed: list[dashboard.Panel | dashboard.RowPanel] = []
        down = 0
        for row in self.rows:
            place = dashboard.GridPos(1, COLUMNS, 0, down)
            placed.append(dashboard.RowPanel(title=row.title, grid_pos=place, id_val=len(placed) + 1, panels=[]))
            down, across, tallest = down + 1, 0, 0
            for panel in row.panels:
                if across + panel.width > COLUMNS:
                    down, across, tallest = down + tallest, 0, 0
                view = panel.view.build()
                view.id_val = len(placed) + 1
                view.grid_pos = dashboard.GridPos(panel.height, panel.width, across, down)
                placed.append(view)
                across, tallest = across + panel.width, max(tallest, panel.height)
            down += tallest
        return placed


def _source() -> frame.DatasourceVariable:
    return frame.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _query(name: str, label: str, series: str) -> frame.QueryVariable:
    """A choice among the values of a label, looked up again whenever the time changes; all of them at first."""
    everything = dashboard.VariableOption(selected=True, text="All", value="$__all")
    choice = frame.QueryVariable(name).label(label).datasource(DATASOURCE).query(f"label_values({series}, {name})")
    choice.refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    return choice.multi(True).include_all(True).all_value(".+").current(everything)


def _of_job(series: str) -> str:
    return series + '{job=~"$job"}'


def _others() -> frame.DashboardLink:
    link = frame.DashboardLink("Streamward").type(dashboard.DashboardLinkType.DASHBOARDS).tags(["streamward"])
    return link.as_dropdown(True).include_vars(True).keep_time(True)
