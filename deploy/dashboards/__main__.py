"""Writes the boards and the rules of the objectives into the chart: `python -m deploy.dashboards [FOLDER]`."""

import sys
from pathlib import Path

from deploy.dashboards import objectives
from deploy.dashboards.kafka import KAFKA
from deploy.dashboards.overview import OVERVIEW
from deploy.dashboards.rules import RULES
from deploy.dashboards.runtime import RUNTIME

BOARDS = (OVERVIEW, KAFKA, RULES, RUNTIME)
FILES = Path(__file__).resolve().parents[1] / "helm" / "streamward" / "files"


def texts() -> dict[str, str]:
    """Every file that is written, by its place below the chart's `files`."""
    boards = {f"dashboards/{board.name}.json": board.written() for board in BOARDS}
    return boards | {"rules/objectives.yaml": objectives.rules()}


def write(folder: Path) -> None:
    for place, text in texts().items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FILES)
