"""What the README shows is what happens."""

import re
import tomllib
from pathlib import Path

import orjson
import pytest

from streams.lines import record_of
from streams.metrics import CATALOGUE as METRICS
from streams.metrics import PREFIX, Row
from streams.policy.cases import read_cases
from streams.policy.lint import lint_pack
from streams.policy.packs import load_packs
from streams.settings import CATALOGUE as SETTINGS
from streams.settings import Setting, Settings
from streams.trials import try_cases
from tests.requests import decision, moderator

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_two_commands_stand_on_one_line_each_and_ci_runs_them_as_they_stand() -> None:
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    steps = [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]
    assert [line.rpartition(" && ")[2] for line in commands] == [".venv/bin/streamward demo", ".venv/bin/pytest"]
    assert [line for line in commands if line not in steps] == []


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.variable)
def test_each_setting_has_its_row_with_its_default(setting: Setting) -> None:
    row = re.search(rf"^\| `{setting.variable}` \|([^|]*)\|", README, re.MULTILINE)
    assert row
    assert row[1].strip(" `") == as_written(setting.default)


def as_written(default: object) -> str:
    """A default as the README shows it."""
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_no_setting_is_named_that_is_not_there() -> None:
    known = {f"STREAMWARD_{form.upper()}" for setting in SETTINGS.values() for form in setting.forms}
    told = set(re.findall(r"STREAMWARD_[A-Z_]*[A-Z]", README))
    assert told <= known | {"STREAMWARD_CONFIG"}


def test_the_metrics_are_those_of_the_catalogue_with_type_and_labels() -> None:
    rows = re.findall(r"^\| `(streamward_\w+)` \| (\w+)[^|]* \|([^|]*)\|", README, re.MULTILINE)
    told = {(name, kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert told == {(exposed_name(row), row.kind, row.labels) for row in METRICS}


def exposed_name(row: Row) -> str:
    """The name that a scrape shows."""
    return f"{PREFIX}{row.name}" + ("_total" if row.kind == "counter" else "")


def test_the_request_shown_gets_the_decision_shown() -> None:
    given = re.search(r"^\{\"tenant.*$", README, re.MULTILINE)
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert given
    assert shown
    made = decision(moderator(), record_of(given[0].encode(), 1_780_000_000_000, "/check", 1_000_000))
    made["reasons"] = made["reasons"][:1]
    told = orjson.loads(shown[1])
    made["policy"].pop("digest")
    assert {name: made[name] for name in told} == told


def test_the_pack_shown_is_sound_and_its_cases_hold(tmp_path: Path) -> None:
    for block in re.findall(r"```yaml\n# (\S+)\n(.*?)```", README, re.DOTALL):
        path = tmp_path / block[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block[1])
    folder = tmp_path / "my-pack"
    assert [str(fault) for fault in lint_pack(folder)] == []
    packs = load_packs([*Settings().packs, str(folder)])
    cases, _ = read_cases(folder / "plates" / "cases.yaml")
    assert [(trial.case.name, trial.told) for trial in try_cases(cases.cases, packs) if not trial.passed] == []


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_each_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()


def test_decisions_name_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert decision(moderator(), record_of(b'{"tenant": "t"}', None, "/check", 100))["policy"]["engine"] == (
        f"streamward {version}"
    )
