"""`streamward check --verify`: are recorded decisions still the decisions?"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flow.commands import ORDINARY, VIOLATION, event, streamward

REQUESTS = f"{event('a')}\n{event('b', VIOLATION)}\nnot json\n"


@pytest.fixture(scope="module")
def recorded() -> list[str]:
    return streamward("check", stdin=REQUESTS).lines


def verify(tmp_path: Path, decisions: list[str], requests: str = REQUESTS) -> tuple[int, list[dict[str, Any]], str]:
    (tmp_path / "decisions.jsonl").write_text("\n".join(decisions))
    run = streamward("check", "--verify", str(tmp_path / "decisions.jsonl"), stdin=requests)
    return run.code, [json.loads(line) for line in run.lines], run.err


def test_the_same_decisions_in_any_order_are_confirmed(recorded: list[str], tmp_path: Path) -> None:
    code, found, err = verify(tmp_path, recorded[::-1])
    assert (code, found) == (0, [])
    assert "3 of 3" in err


def test_what_a_request_does_not_determine_is_left_aside(recorded: list[str], tmp_path: Path) -> None:
    decision = json.loads(recorded[0])
    decision |= {"source": "another", "time": "2020-01-01T00:00:00Z"}
    decision["data"]["timing"] = {"age_ms": 1, "decide_us": 2}
    decision["data"]["request"] |= {"topic": "moderation.requests", "partition": 3, "offset": 99}
    assert verify(tmp_path, [json.dumps(decision), *recorded[1:]])[:2] == (0, [])


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"verdict":"deny"', '"verdict":"Deny"', "/data/verdict"),
        ('"subject":"b"', '"subject":"c"', "/subject"),
        ('"shadow":[]', '"shadow":[0]', "/data/shadow"),
        ("sha256:", "sha257:", "/data/policy/digest"),
        ('"message":"', '"message":"!', "/data/reasons/0/message"),
    ],
)
def test_a_change_anywhere_else_is_found_at_its_place(
    old: str, new: str, path: str, recorded: list[str], tmp_path: Path
) -> None:
    assert old in recorded[1]
    code, found, _ = verify(tmp_path, [recorded[0], recorded[1].replace(old, new, 1), recorded[2]])
    assert code == 1
    assert [(row["line"], row["id"], row["path"]) for row in found] == [(2, "b", path)]


def test_every_byte_that_counts_is_looked_at(recorded: list[str], tmp_path: Path) -> None:
    decision = json.loads(recorded[1])
    decision["data"]["reasons"][0]["evidence"][0]["path"] = None
    code, found, _ = verify(tmp_path, [recorded[0], json.dumps(decision), recorded[2]])
    assert (code, found[0]["path"], found[0]["recorded"]) == (1, "/data/reasons/0/evidence/0/path", None)


def test_a_decision_of_another_request_does_not_count(recorded: list[str], tmp_path: Path) -> None:
    other = recorded[0].replace('"id":"a"', '"id":"z"', 1)
    code, found, err = verify(tmp_path, [other, *recorded[1:]])
    assert (code, found[0]["line"], found[0]["recorded"]) == (1, 1, "(absent)")
    assert "1 recorded outcomes are of requests that were not given" in err


def test_each_of_two_recorded_decisions_of_one_request_is_compared(recorded: list[str], tmp_path: Path) -> None:
    twice = recorded[0].replace('"outcome":"allow"', '"outcome":"flag"')
    code, found, _ = verify(tmp_path, [recorded[0], twice, *recorded[1:]])
    assert (code, [row["path"] for row in found]) == (1, ["/data/outcome"])


def test_bare_data_is_found_again_by_its_digest(tmp_path: Path) -> None:
    lines = streamward("check", "--at", "2026-06-01T00:00:00Z", stdin=ORDINARY).lines
    (tmp_path / "decisions.jsonl").write_text(lines[0])
    arguments = ("--verify", str(tmp_path / "decisions.jsonl"))
    assert streamward("check", "--at", "2026-06-01T00:00:00Z", *arguments, stdin=ORDINARY).code == 0
    run = streamward("check", "--at", "2026-06-02T00:00:00Z", "--format", "table", *arguments, stdin=ORDINARY)
    assert run.code == 1
    assert "/data/request/time" in run.out


@pytest.mark.parametrize("line", ["not json", "{}", "[]", '{"data": {"request": {"source": "/s"}}}'])
def test_a_file_that_holds_anything_but_outcomes_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "decisions.jsonl").write_text(line)
    run = streamward("check", "--verify", str(tmp_path / "decisions.jsonl"), stdin=ORDINARY)
    assert run.refused()
    assert "line 1" in run.err


def test_a_file_that_is_not_there_is_refused() -> None:
    assert streamward("check", "--verify", "/no/such/file", stdin=ORDINARY).refused()
