"""The boards and rules as they lie in the chart, taken apart for the tests."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "deploy" / "helm" / "streamward" / "files"
BOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((FILES / "dashboards").glob("*.json"))
}
RULE_FILES = sorted((FILES / "rules").glob("*.yaml"))


class Target(NamedTuple):
    """One query of one panel."""

    board: str
    panel: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def expression(self) -> str:
        return str(self.data["expr"])

    @property
    def place(self) -> str:
        return f"{self.board}: {self.panel['title']}: {self.data['refId']}"

    def filled(self, window: str, job: str = ".+", instance: str = ".+") -> str:
        """The query as Grafana sends it, its variables replaced."""
        text = self.expression.replace("$__rate_interval", window)
        return text.replace("$job", job).replace("$instance", instance)


def panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The panels of a board, without the rows that head them."""
    yield from (panel for panel in board["panels"] if panel["type"] != "row")


def targets() -> list[Target]:
    return [
        Target(name, panel, data)
        for name, board in BOARDS.items()
        for panel in panels(board)
        for data in panel.get("targets", ())
    ]


def rules() -> list[dict[str, Any]]:
    """All rules of all files: recordings and alerts."""
    files = [yaml.safe_load(path.read_text()) for path in RULE_FILES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}
