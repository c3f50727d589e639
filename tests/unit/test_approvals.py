"""Approvals: what the operator holds, and what a request must name for it to count."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.errors import FaultList, StreamwardError
from streams.facts.approvals import load_approvals
from tests.requests import clauses, decision, moderator, request_record

HELD = {
    "id": "appr-1",
    "tenant": "t-1",
    "provider": "azure-openai",
    "capabilities": ["verify"],
    "not_before": "2026-05-01T00:00:00Z",
    "expires": "2026-07-01T00:00:00Z",
}
USE = {"capabilities": ["verify"], "traits": ["face"], "approval": "appr-1"}


def approvals_file(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "approvals.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows) + b"\n")
    return str(path)


def judged(folder: Path, held: dict[str, Any], use: dict[str, Any], **event: Any) -> dict[str, Any]:
    return decision(moderator(approvals=approvals_file(folder, held)), request_record(event, use=use))


def test_a_named_and_covering_approval_turns_a_denial_into_a_flag(tmp_path: Path) -> None:
    data = judged(tmp_path, HELD, USE)
    assert (data["outcome"], clauses(data)) == ("flag", ["MSE-COC-15"])


@pytest.mark.parametrize(
    ("held", "use", "event"),
    [
        ({}, {"approval": None}, {}),
        ({}, {"approval": "appr-2"}, {}),
        ({}, {"capabilities": ["identify"]}, {}),
        ({"tenant": "t-2"}, {}, {}),
        ({"provider": "azure-face"}, {}, {}),
        ({"use_case": "door"}, {}, {}),
        ({"use_case": "door"}, {"registered_use_case": "window"}, {}),
        ({}, {}, {"time": "2026-07-01T00:00:00Z"}),
        ({"not_before": "2026-06-02T00:00:00Z"}, {}, {}),
    ],
)
def test_what_it_does_not_cover_is_denied(
    tmp_path: Path, held: dict[str, Any], use: dict[str, Any], event: dict[str, Any]
) -> None:
    data = judged(tmp_path, HELD | held, USE | use, **event)
    assert (data["outcome"], clauses(data)[0]) == ("deny", "AOAI-COC-ID-01")


def test_the_last_moment_before_it_expires_still_counts(tmp_path: Path) -> None:
    assert judged(tmp_path, HELD, USE, time="2026-06-30T23:59:59.999Z")["outcome"] == "flag"


def test_an_approval_with_a_use_case_covers_that_use_case(tmp_path: Path) -> None:
    data = judged(tmp_path, HELD | {"use_case": "door"}, USE | {"registered_use_case": "door"})
    assert data["outcome"] == "flag"


def test_an_approval_lifts_no_ban_on_the_police(tmp_path: Path) -> None:
    record = request_record(use=USE, actor={"type": "law_enforcement", "country": "US", "level": "local"})
    data = decision(moderator(approvals=approvals_file(tmp_path, HELD)), record)
    assert (data["outcome"], clauses(data)[0]) == ("deny", "AOAI-COC-LE-01")


def test_all_faulty_lines_are_told_at_once_with_their_fields(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        HELD,
        HELD | {"id": 5},
        HELD | {"id": "b", "expires": "soon"},
        HELD | {"id": "c", "colour": "red"},
        HELD,
        HELD | {"id": "d", "expires": "2026-04-01T00:00:00Z"},
        HELD | {"id": "e", "capabilities": [1]},
    ]
    with pytest.raises(FaultList) as refused:
        load_approvals(approvals_file(tmp_path, *rows))
    told = "\n".join(refused.value.faults)
    for line, field in (
        (2, "id"),
        (3, "expires"),
        (4, "unknown field"),
        (5, "id"),
        (6, "expires"),
        (7, "capabilities"),
    ):
        assert f":{line}: {field}" in told


def test_a_file_that_is_not_there_is_said_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(StreamwardError, match="STREAMWARD_APPROVALS"):
        load_approvals(str(tmp_path / "none.jsonl"))


def test_approvals_are_part_of_the_policy_digest(tmp_path: Path) -> None:
    without = moderator().digest
    held = moderator(approvals=approvals_file(tmp_path, HELD)).digest
    other = moderator(approvals=approvals_file(tmp_path, HELD | {"tenant": "t-3"})).digest
    assert len({without, held, other}) == 3
