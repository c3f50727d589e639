"""`streamward send` and `streamward tail`, on the embedded broker; and both where there is none."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from streams.demo.broker import EmbeddedBroker
from tests.flow.commands import ORDINARY, ROOT, VIOLATION, Ended, event, streamward
from tests.workers import surroundings

TOPICS = ("moderation.requests", "moderation.decisions", "moderation.rejects")


@pytest.fixture
def brokers() -> Iterator[str]:
    with EmbeddedBroker(TOPICS) as broker:
        yield broker.brokers


def tail(brokers: str, *arguments: str) -> Ended:
    return streamward("tail", *arguments, "--no-follow", environ={"brokers": brokers})


@pytest.mark.parametrize("mode", [[], ["--binary"]])
def test_what_is_sent_is_seen_by_who_sent_it_and_not_by_what_it_says(brokers: str, mode: list[str]) -> None:
    lines = "\n".join([event("a"), VIOLATION, "not json", event("b")])
    sent = streamward("send", "-", *mode, stdin=lines, environ={"brokers": brokers})
    assert (sent.code, sent.out) == (1, "")
    assert "line 3: no JSON object, not sent" in sent.err
    assert "sent 3 to moderation.requests" in sent.err
    seen = tail(brokers, "requests", "--from-beginning", "--format", "jsonl")
    rows = [json.loads(line) for line in seen.lines]
    assert {(row["tenant"], row["id"][:3], row["source"]) for row in rows} == {
        ("t-2", "a", "/tests"),
        ("t-2", "b", "/tests"),
        ("t-1", "sha", "/send"),
    }
    for form in ("text", "jsonl"):
        assert "leeks" not in tail(brokers, "requests", "--from-beginning", "--format", form).out


def test_raw_requests_can_be_checked_as_they_were_sent(brokers: str, tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").write_text(f"{event('a')}\n{event('b', VIOLATION)}\n")
    assert streamward("send", str(tmp_path / "requests.jsonl"), environ={"brokers": brokers}).code == 0
    raw = tail(brokers, "requests", "--from-beginning", "--raw")
    assert sorted(raw.lines) == sorted((tmp_path / "requests.jsonl").read_text().splitlines())


def test_the_last_events_are_the_newest_over_all_partitions(brokers: str) -> None:
    for identity in "abcde":
        tenant = ORDINARY.replace("t-2", f"tenant-{identity}")
        streamward("send", "-", stdin=event(identity, tenant), environ={"brokers": brokers})
    rows = [json.loads(line) for line in tail(brokers, "requests", "-n", "2", "--format", "jsonl").lines]
    assert [row["id"] for row in rows] == ["d", "e"]


def test_an_empty_topic_shows_nothing_and_ends(brokers: str) -> None:
    for stream in ("requests", "decisions", "rejects"):
        shown = tail(brokers, stream, "--from-beginning")
        assert (shown.code, shown.out) == (0, "")


def test_a_topic_that_is_not_there_is_told_with_the_fix(brokers: str) -> None:
    for call in (["send", "-"], ["tail", "requests"]):
        run = streamward(*call, stdin=ORDINARY, environ={"brokers": brokers, "topic_requests": "none"})
        assert run.refused()
        assert "There is no topic none" in run.err
        assert "streamward topics create" in run.err


def test_ctrl_c_ends_a_tail_at_once_and_quietly(brokers: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "tail", "requests", "--brokers", brokers],
        cwd=ROOT,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "Ctrl-C ends" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read().strip() == ""


@pytest.mark.parametrize("call", [["send", "-"], ["tail", "decisions"], ["topics", "lag"]], ids=" ".join)
def test_a_broker_that_is_not_there_is_told_within_ten_seconds(call: list[str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{nobody.getsockname()[1]}"
        began = monotonic()
        run = streamward(*call, stdin=ORDINARY, environ={"brokers": where})
    assert monotonic() - began < 13
    assert run.refused()
    assert f"No Kafka broker answers at {where}" in run.err
    assert "STREAMWARD_BROKERS" in run.err


@pytest.mark.parametrize("call", [["send", "-"], ["tail", "decisions"]], ids=" ".join)
def test_a_host_that_is_not_there_is_told_as_such(call: list[str]) -> None:
    run = streamward(*call, stdin=ORDINARY, environ={"brokers": "kafka.invalid:9092"})
    assert run.refused()
    assert "There is no such host: kafka.invalid:9092" in run.err


def test_a_file_that_is_not_there_is_refused() -> None:
    assert streamward("send", "/no/such/file").refused()
