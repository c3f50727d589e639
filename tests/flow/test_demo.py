"""`streamward demo`: everything on one machine, watched to its end."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from urllib.request import urlopen

from tests.flow.commands import ORDINARY, ROOT, VIOLATION, event, streamward
from tests.waiting import until
from tests.workers import surroundings


@contextmanager
def started(*arguments: str, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "demo", *arguments],
        cwd=ROOT,
        env=surroundings() | {"STREAMWARD_HTTP_PORT": "0", "PYTHONUNBUFFERED": "1"} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_with(process: "subprocess.Popen[str]", pattern: str) -> str:
    """Reads until a line matches; what matched, or nothing where the output ended."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(pattern, line):
            return found[0]
    return ""


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2.0) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_the_first_clause_is_on_screen_within_five_seconds_and_the_end_sums_up() -> None:
    began = monotonic()
    with started("--seconds", "2") as process:
        assert line_with(process, r"deny +AOAI-COC-\w+-\d+")
        assert monotonic() - began < 5.0
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "\x1b" not in out
    assert re.search(r"^AOAI-COC-LE-01 +Face recognition .* [1-9]", out, re.MULTILINE)
    assert re.search(r"\d+ requests in \d s: \d+ allow, \d+ deny", out)
    assert re.search(r"Metrics were at http://127\.0\.0\.1:\d+/metrics", out)


def test_a_file_is_sent_to_its_end_with_an_outcome_for_each_line(tmp_path: Path) -> None:
    lines = [event("a"), event("b", VIOLATION), ORDINARY, VIOLATION, VIOLATION, "not json", "[]", ""]
    (tmp_path / "requests.jsonl").write_text("\n".join(lines))
    run = streamward("demo", "--requests", str(tmp_path / "requests.jsonl"), environ={"http_port": "0"})
    assert run.code == 0
    assert "7 requests in" in run.out
    assert "3 deny" in run.out
    assert "2 allow" in run.out
    assert "2 reject" in run.out
    assert "rests on use.capabilities=identify" in run.out


def test_a_file_that_is_not_there_is_refused_before_anything_starts() -> None:
    assert streamward("demo", "--requests", "/no/such/file").refused()


def test_kept_running_it_can_be_watched_until_ctrl_c() -> None:
    with started("--seconds", "1", "--keep") as process:
        url = line_with(process, r"http://127\.0\.0\.1:\d+/metrics")
        brokers = line_with(process, r"--brokers \S+").split()[1]
        assert answers(url)
        shown = streamward("tail", "decisions", "-n", "3", "--no-follow", environ={"brokers": brokers})
        assert len(shown.lines) == 3
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        until(lambda: not answers(url), "the worker's end")


def test_ctrl_c_and_sigterm_end_it_with_its_worker() -> None:
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with started() as process:
            url = line_with(process, r"http://127\.0\.0\.1:\d+/metrics")
            assert line_with(process, "AOAI-COC")
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
            assert (process.returncode, err.strip()) == (code, "")
            assert not answers(url)


def test_where_the_port_is_taken_it_takes_another_only_if_nobody_named_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = streamward("demo", "--seconds", "1", environ={"http_port": port})
        assert run.refused()
        assert f"Port {port} of 127.0.0.1 is taken" in run.err


def test_where_the_usual_port_is_taken_it_finds_another_and_says_so() -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else has taken it already, which serves as well
            taken.bind(("127.0.0.1", 9464))
            taken.listen()
        run = streamward("demo", "--seconds", "1")
    assert run.code == 0
    assert re.search(r"Port 9464 is taken; the worker's door is on \d+", run.out)


def test_settings_of_the_users_own_cluster_do_not_disturb_it(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(ORDINARY)
    environ = {
        "brokers": "kafka.invalid:9092",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "judge",
        "sasl_password": "s3cret",
        "topic_requests": "mine",
        "http_port": "0",
        "PATH": os.environ["PATH"],
    }
    run = streamward("demo", "--requests", str(tmp_path / "one.jsonl"), environ=environ)
    assert run.code == 0
    assert "1 allow" in run.out


def test_a_worker_that_cannot_start_is_told_with_its_last_words() -> None:
    run = streamward("demo", "--packs", "no-such-pack", environ={"http_port": "0"})
    assert run.code == 2
    assert "no-such-pack" in run.err
