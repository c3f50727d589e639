"""The program that `helm test` runs, on real workers."""

import subprocess
import sys

from deploy.helm.chart_files import CHART
from tests.kafka.broker import Broker
from tests.kafka.conftest import MakeTopic
from tests.kafka.moderated import Moderated
from tests.workers import StartWorker

READY = (CHART / "files" / "ready.py").read_text()


def asked(port: int, seconds: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", READY, "127.0.0.1", str(port), seconds]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_it_passes_once_the_worker_is_ready(kafka: Broker, topic: MakeTopic, start_worker: StartWorker) -> None:
    worker = Moderated(kafka, topic, start_worker).worker()
    done = asked(worker.port, "60")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "ready: 1 of 1"


def test_it_fails_with_the_workers_own_reason(start_worker: StartWorker) -> None:
    worker = start_worker(APP_ID="no-topics", TOPIC_REQUESTS="not-there")
    done = asked(worker.port, "5")
    assert done.returncode == 1
    assert "127.0.0.1: " in done.stdout
    assert "not-there" in done.stdout


def test_it_fails_where_there_is_no_worker() -> None:
    done = asked(1, "0")
    assert done.returncode == 1
    assert "refused" in done.stdout
