"""How much memory a worker takes at most, against the limit that the chart gives it."""

import sys
from pathlib import Path

import orjson
import pytest
import yaml

from deploy.helm.chart_files import CHART
from tests.kafka.broker import Broker
from tests.kafka.clients import Sent
from tests.kafka.conftest import MakeTopic
from tests.kafka.moderated import PLAIN, STRUCTURED, Moderated, requests
from tests.workers import StartWorker

MIB = 1024 * 1024


def peak(process: int) -> int:
    """The most memory that the process ever held at once, in bytes."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def large(identity: str) -> Sent:
    """A request near the bound of a record, all of it text to be read."""
    text = "Plan three dinners with leeks, and tell me what to buy for them. " * 14_000
    data = {"tenant": identity, "service": PLAIN, "body": {"messages": [{"role": "user", "content": text}]}}
    event = {"specversion": "1.0", "type": "moderation.request.v1", "id": identity, "source": "/tests", "data": data}
    return Sent(orjson.dumps(event), identity.encode(), STRUCTURED)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_worker_stays_well_below_its_memory_limit(
    kafka: Broker, topic: MakeTopic, start_worker: StartWorker
) -> None:
    limit = yaml.safe_load((CHART / "values.yaml").read_text())["resources"]["limits"]["memory"]
    allowed = int(limit.removesuffix("Mi")) * MIB
    moderated = Moderated(kafka, topic, start_worker)
    moderated.send(requests(0, 30_000))
    moderated.send(large(f"large-{n}") for n in range(120))
    worker = moderated.worker().ready()
    moderated.wait_until_committed(30_120)
    most = peak(worker.process.pid)
    print(f"{most / MIB:.0f} of {allowed / MIB:.0f} MiB at most, 30,000 plain requests and 120 of 0.9 MB waiting")
    assert most < 0.8 * allowed
