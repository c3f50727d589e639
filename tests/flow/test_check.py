"""`streamward check`: one outcome a line, in order, whatever the lines are."""

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from tests.flow.commands import ORDINARY, ROOT, VIOLATION, event, streamward
from tests.workers import surroundings


def outcome(line: str) -> str:
    answer = json.loads(line)
    return str(answer["reject"]["code"] if "reject" in answer else answer["data"]["outcome"])


def test_each_line_gets_its_outcome_in_order_over_all_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(f"{event('a')}\nnot json\n\n{event('b', VIOLATION)}")
    second.write_bytes(f"  \r\n[1]\r\n{event('c')}\r\n".encode())
    run = streamward("check", str(first), str(second))
    assert run.code == 0
    assert [outcome(line) for line in run.lines] == [
        "allow", "not_json", "empty", "deny", "empty", "not_an_object", "allow",
    ]  # fmt: skip
    rejects = [json.loads(line)["reject"] for line in run.lines if '"reject"' in line]
    assert [(reject["line"], sorted(reject)) for reject in rejects] == [
        (number, ["code", "line", "message"]) for number in (2, 3, 5, 6)
    ]


def test_bare_data_gets_the_source_check_and_its_digest_as_id() -> None:
    run = streamward("check", "-", stdin=VIOLATION + "\r\n")
    data = json.loads(run.out)["data"]
    digest = "sha256:" + hashlib.sha256(VIOLATION.encode()).hexdigest()
    assert data["request"] == {
        "id": digest,
        "source": "/check",
        "tenant": "t-1",
        "time": data["request"]["time"],
        "topic": None,
        "partition": None,
        "offset": None,
    }
    assert data["input_digest"] == digest
    assert data["outcome"] == "deny"


def test_specversion_makes_an_event_only_at_the_top_and_in_any_spelling_of_json() -> None:
    inside = VIOLATION.replace("t-1", "specversion")
    escaped = event("escaped").replace("specversion", "spec\\u0076ersion")
    run = streamward("check", stdin=f"{inside}\n{escaped}\n")
    requests = [json.loads(line)["data"]["request"] for line in run.lines]
    assert [(request["source"], request["tenant"]) for request in requests] == [
        ("/check", "specversion"),
        ("/tests", "t-2"),
    ]


def test_the_time_is_the_events_own_else_that_of_the_option() -> None:
    run = streamward("check", "--at", "2025-01-01T02:00:00+02:00", stdin=f"{event('a')}\n{ORDINARY}\n")
    times = [json.loads(line)["data"]["request"]["time"] for line in run.lines]
    assert times[0] == "2026-06-01T00:00:00Z"
    assert times[1].startswith("2025-01-01T00:00:00")


@pytest.mark.parametrize("at", ["yesterday", "2025-01-01T00:00:00", ""])
def test_a_time_that_is_none_is_refused(at: str) -> None:
    assert streamward("check", "--at", at, stdin=ORDINARY).refused()


@pytest.mark.parametrize(
    ("fail_on", "stdin", "code"),
    [
        ("deny", VIOLATION, 1),
        ("flag", VIOLATION, 1),
        ("deny", ORDINARY, 0),
        ("deny", "not json", 1),
        ("deny", "", 0),
    ],
)
def test_the_exit_code_tells_of_an_outcome_that_is_bad_enough(fail_on: str, stdin: str, code: int) -> None:
    assert streamward("check", "--fail-on", fail_on, stdin=stdin).code == code


def test_a_hold_fails_on_hold_and_not_on_deny() -> None:
    held = VIOLATION.replace("azure-openai", "azure-face")
    run = streamward("check", "--fail-on", "deny", stdin=held)
    assert (run.code, outcome(run.out)) == (0, "hold")
    assert streamward("check", "--fail-on", "hold", stdin=held).code == 1


def test_what_cannot_be_read_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(ORDINARY)
    for bad in (tmp_path / "none.jsonl", tmp_path):
        run = streamward("check", str(tmp_path / "good.jsonl"), str(bad))
        assert run.refused()
        assert str(bad) in run.err


def test_a_pack_that_is_not_there_is_refused() -> None:
    assert streamward("check", "--packs", "no-such-pack", stdin=ORDINARY).refused()


def test_a_line_of_any_length_is_rejected_as_too_large() -> None:
    run = streamward("check", "--max-record-bytes", "1000", stdin=b"x" * 3_000_000 + b"\n" + ORDINARY.encode())
    assert [outcome(line) for line in run.lines] == ["too_large", "allow"]


def test_bounds_are_exact() -> None:
    size = len(ORDINARY)
    assert outcome(streamward("check", "--max-record-bytes", str(size), stdin=ORDINARY + "\r\n").out) == "allow"
    assert outcome(streamward("check", "--max-record-bytes", str(size - 1), stdin=ORDINARY).out) == "too_large"


def test_what_has_arrived_is_answered_before_more_is_awaited() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "check"],
        cwd=ROOT,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for identity in ("a", "b"):
            process.stdin.write(event(identity) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["data"]["request"]["id"] == identity
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "check"],
        cwd=ROOT,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(b"\n".join([ORDINARY.encode()] * 3000), 30)
        assert (process.returncode, err) == (141, b"")


def test_ctrl_c_ends_it_without_a_traceback() -> None:

    with subprocess.Popen(
        [sys.executable, "-m", "streams", "check"],
        cwd=ROOT,
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(ORDINARY + "\n")
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_the_table_is_plain_in_a_pipe_and_counts_on_standard_error() -> None:
    run = streamward("check", "--format", "table", stdin=f"{VIOLATION}\n{ORDINARY}\nx\n")
    assert "AOAI-COC-ID-01" in run.out
    assert "use.capabilities=identify" in run.out
    assert "not_json" in run.out
    assert "\x1b" not in run.out
    assert "1 deny" in run.err


def test_one_request_is_answered_without_kafka_or_http_in_memory() -> None:
    code = (
        "import sys, streams.cli.check; "
        "print(sorted({'faust', 'aiohttp', 'kafka', 'confluent_kafka', 'rich'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    began = monotonic()
    assert streamward("check", stdin=VIOLATION).code == 0
    assert monotonic() - began < 1.5
