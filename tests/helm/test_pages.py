"""What the pages for operators show can be done: values render, commands exist, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.helm.chart_files import CHART
from tests.helm.objects import faults
from tests.helm.rendering import render

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "operate.md", ROOT / "docs" / "gateway.md", CHART / "README.md", CHART / "UPGRADING.md"]
OPERATE = PAGES[0].read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    """Every call of our own command in a block of shell, or run in a pod."""
    lines = [line for path in PAGES for block in blocks(path.read_text(), "sh") for line in block.splitlines()]
    return sorted({match[1] for line in lines if (match := re.search(r"(?:^|-- )(streamward [^>#]+)", line))})


VALUES = [block for block in blocks(OPERATE, "yaml") if block.startswith("# values")]


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_the_values_render(number: int) -> None:
    values = yaml.safe_load(VALUES[number].replace("CLUSTER", "cluster").replace("REGISTRY", "registry.example.com"))
    assert [fault for found in render(values) for fault in faults(found, "1.34.0")] == []


def test_the_values_of_the_charts_page_render() -> None:
    (values,) = blocks((CHART / "README.md").read_text(), "yaml")
    assert render(yaml.safe_load(values)).one("PodMonitor")


def test_other_objects_are_yaml_with_a_kind() -> None:
    for block in blocks(OPERATE, "yaml"):
        if block not in VALUES:
            assert [found["kind"] for found in yaml.safe_load_all(block)]


@pytest.mark.parametrize("command", commands())
def test_the_command_is_known_with_its_options(command: str) -> None:
    words = shlex.split(command)[1:]
    asked = [word for word in words if not word.startswith("-")][: 2 if words[0] in ("topics", "rules") else 1]
    done = subprocess.run(
        [sys.executable, "-m", "streams", *asked, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [word for word in words if word.startswith("--") and word not in done.stdout] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert "://" in target or (page.parent / target).exists(), target


def test_the_rights_are_those_that_the_command_lists() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "streams", "topics", "create", "--print-acls", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    (user,) = [
        found
        for block in blocks(OPERATE, "yaml")
        for found in yaml.safe_load_all(block)
        if found.get("kind") == "KafkaUser"
    ]
    given = {
        (acl["resource"]["type"], acl["resource"]["name"], operation.upper())
        for acl in user["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    }
    wanted = {(right["resource"], right["name"], right["operation"]) for right in yaml.safe_load(told.stdout)}
    assert wanted <= given
    assert {right for right in given - wanted if right[2] != "DESCRIBE"} == set()


@pytest.mark.parametrize("said", ["lint", "test"])
def test_the_pack_of_the_example_holds_as_a_mounted_config_map(said: str, tmp_path: Path) -> None:
    data = tmp_path / "house" / "..2026_01_01"
    data.mkdir(parents=True)
    (data.parent / "..data").symlink_to(data.name)
    for path in (ROOT / "deploy" / "examples" / "house").iterdir():
        (data / path.name).write_bytes(path.read_bytes())
        (data.parent / path.name).symlink_to(Path("..data") / path.name)
    done = subprocess.run(
        [sys.executable, "-m", "streams", "rules", said, str(data.parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
