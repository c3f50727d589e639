"""Every query of every panel, asked of a real Prometheus that reads real workers through every fault that it shows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter, time
from typing import Any

import pytest

from tests.boards.boards import ROOT, Target, targets
from tests.boards.prometheus import needed
from tests.boards.stage import Stage, stage

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(300)]

SLOWEST_SECONDS = 0.1
# What stays at zero in a program without faults of its own, and why.
ALWAYS_ZERO = {
    "Objects that cannot be collected": "only a leak in an extension module would fill it",
}
# The embedded broker has no configuration of topics that could be looked at.
NEEDS_A_REAL_KAFKA = {"streamward topics check"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, float]]:
    """The stage after all faults were made, and when it began."""
    needed()
    began = time()
    with stage(tmp_path_factory.mktemp("stage")) as made:
        made.make_faults()
        yield made, began


def answer(made: Stage, began: float, target: Target) -> tuple[list[Mapping[str, Any]], float]:
    """What a panel would draw, and how long Prometheus took: the quickest of three, as the machine is shared."""
    seconds, found = [], []
    for _ in range(3):
        start = perf_counter()
        words = {"query": target.filled("10s"), "start": began, "end": time(), "step": 1}
        found = made.prometheus.ask("query_range", **words)["result"]
        seconds.append(perf_counter() - start)
    return found, min(seconds)


def numbers(found: list[Mapping[str, Any]]) -> list[float]:
    """All values of an answer but those that are no number."""
    pairs = [pair for series in found for pair in series["values"]]
    return [number for number in (float(value) for _, value in pairs) if number == number]


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.place)
def test_a_panel_has_something_to_show(played: tuple[Stage, float], target: Target) -> None:
    found, seconds = answer(*played, target)
    values = numbers(found)
    assert values, "no data"
    assert any(values) or target.panel["title"] in ALWAYS_ZERO, "nothing but zeros"
    if target.panel["fieldConfig"]["defaults"]["unit"] == "percentunit" and "cpu" not in target.expression:
        assert 0 <= min(values) <= max(values) <= 1
    assert seconds < SLOWEST_SECONDS


def runbook_commands() -> list[str]:
    """The commands of the runbooks, a line each; the first block says where things are and is not among them."""
    text = (ROOT / "docs" / "runbooks.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert all(line.startswith("export ") for line in blocks[0].splitlines())
    commands = dict.fromkeys(line for block in blocks[1:] for line in block.splitlines())
    return [command for command in commands if command not in NEEDS_A_REAL_KAFKA]


@pytest.mark.parametrize("command", runbook_commands())
def test_a_command_of_the_runbooks_works_as_it_is_written(
    played: tuple[Stage, float], command: str, tmp_path: Path
) -> None:
    made, _ = played
    program = tmp_path / "streamward"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m streams "$@"\n')
    program.chmod(0o755)
    where = {
        "DOOR": f"http://127.0.0.1:{made.workers[0].port}",
        "PROMETHEUS": made.prometheus.url,
        "STREAMWARD_BROKERS": made.broker.brokers,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    run = subprocess.run(
        ["sh", "-c", command], env=os.environ | where, capture_output=True, text=True, timeout=60.0, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.strip() or "up == 0" in command or "ALERTS" in command or "burn" in command, "it says nothing"
