"""The rules: promtool takes them, each alert fires, stays silent and resolves, and leads to a runbook that is there."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.boards.boards import ROOT, RULE_FILES, alerts, targets
from tests.boards.prometheus import needed

ALERTS = alerts()
CASES = sorted(Path(__file__).with_name("alerts").glob("*.yaml"))
alert = pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS)


def promtool(*words: str) -> None:
    needed()
    run = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@alert
def test_an_alert_says_what_is_wrong_and_how_bad(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning", "info")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["description"].endswith(".")
    assert "{{" in alert["annotations"]["description"] or alert["alert"] == "StreamwardAbsent"


@alert
def test_an_alert_leads_to_a_runbook(alert: dict[str, Any]) -> None:
    path, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.MULTILINE)
    assert anchor == alert["alert"].lower()
    assert anchor in [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


def test_no_runbook_is_for_an_alert_that_is_gone() -> None:
    told = re.findall(r"^## (Streamward\w+)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(ALERTS)


def cases(name: str) -> list[list[bool]]:
    """For each test of an alert's file: whether it is expected to fire, at one time after another."""
    path = Path(__file__).with_name("alerts") / f"{file_name(name)}.yaml"
    return [
        [bool(at["exp_alerts"]) for at in test["alert_rule_test"]] for test in yaml.safe_load(path.read_text())["tests"]
    ]


def file_name(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name.removeprefix("Streamward")).lower()


@alert
def test_an_alert_has_a_case_that_fires_and_resolves_and_one_that_stays_silent(alert: dict[str, Any]) -> None:
    courses = cases(alert["alert"])
    assert any(course[0] is False and True in course and course[-1] is False for course in courses)
    assert any(True not in course for course in courses)


def test_every_file_of_cases_is_for_an_alert() -> None:
    assert [path.stem for path in CASES] == sorted(file_name(name) for name in ALERTS)


@pytest.mark.prometheus
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_cases_hold(path: Path) -> None:
    promtool("test", "rules", str(path))


@pytest.mark.prometheus
@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_promtool_takes_the_rules(path: Path) -> None:
    promtool("check", "rules", str(path))


@pytest.mark.prometheus
def test_promtool_takes_every_query_of_the_boards(tmp_path: Path) -> None:
    recorded = [
        {"record": f"board:query{number}", "expr": target.filled("1m")} for number, target in enumerate(targets())
    ]
    (tmp_path / "queries.yaml").write_text(yaml.safe_dump({"groups": [{"name": "boards", "rules": recorded}]}))
    promtool("check", "rules", str(tmp_path / "queries.yaml"))
