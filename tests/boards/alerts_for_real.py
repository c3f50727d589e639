"""Alerts for real: faults are made, and each alert has to arrive at a webhook by way of Prometheus and Alertmanager.

`python -m tests.boards.alerts_for_real [--faster 60]`: every duration of the rules is divided by that; 1 takes them as
they are, which is three quarters of an hour. Exit code 0 when every expected alert arrived, 1 otherwise.
"""

import argparse
import json
import re
import sys
import tempfile
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from confluent_kafka.cimpl import NewTopic

from tests.boards.boards import RULE_FILES
from tests.boards.faults import PRODUCE, TOPICS, FaultyBroker, Traffic
from tests.boards.prometheus import Alertmanager, Prometheus, needed
from tests.kafka.broker import Broker, fetch_jars, run_or_raise, what_is_missing
from tests.waiting import until
from tests.workers import Worker, workers

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# The fault, told by the job it is made in, and the alerts that have to come from it.
EXPECTED = {
    "stopped": {"StreamwardTargetDown"},
    "rejects": {"StreamwardRejects", "StreamwardUnready", "StreamwardObjectiveBurnsFast"},
    "lag": {"StreamwardLagGrowing"},
    "refused": {"StreamwardBrokerRefuses", "StreamwardNothingJudged", "StreamwardPartitionStalled"},
    "digests": {"StreamwardTwoPolicies"},
    "healthy": set[str](),
}
PARTITIONS = 2
RATE, LAG_RATE = 10.0, 150.0
LONGEST_SECONDS = 3_000.0


class Arrived:
    """What came to the webhook: (job, alert, status) with the seconds since the start at which it came first."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, str, str], float] = {}
        self._start = monotonic()
        arrived = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for alert in body["alerts"]:
                    arrived.note(alert)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *what: object) -> None:
                """Nothing: what came is printed by `note`."""

        self._server = HTTPServer(("127.0.0.1", 0), Hook)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def note(self, alert: dict[str, dict[str, str]]) -> None:
        labels = alert["labels"]
        key = (labels.get("job", ""), labels["alertname"], str(alert["status"]))
        if key not in self.first:
            self.first[key] = monotonic() - self._start
            print(f"{self.first[key]:7.1f} s  {key[2]:8}  {key[0]:8}  {key[1]}: {alert['annotations']['description']}")

    def has(self, job: str, names: set[str], status: str) -> bool:
        return all((job, name, status) in self.first for name in names)


def quicker(text: str, factor: float) -> str:
    """The rules with every duration divided: windows, and how long a condition has to hold."""

    def divided(found: re.Match[str]) -> str:
        return f"{found[1]}{max(1, round(int(found[2]) * SECONDS[found[3]] / factor))}s"

    return re.sub(r"(\[|for: |offset )(\d+)([smhd])\b", divided, text)


class Part(NamedTuple):
    """One job: its broker where it has an embedded one, what sends to it, and its workers."""

    broker: FaultyBroker
    traffic: Traffic
    workers: list[Worker]


def real_kafka(running: ExitStack, folder: Path) -> Broker:
    """A real Kafka with the three topics: the embedded broker does not know quotas."""
    kafka = Broker(folder)
    kafka.start()
    running.callback(kafka.stop)
    admin = kafka.admin()
    for made in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in TOPICS]).values():
        made.result(30.0)
    return kafka


def throttle(kafka: Broker, change: str) -> None:
    """Changes how many bytes a second a worker may read: it then falls behind, as a busy one does."""
    words = ["--bootstrap-server", kafka.brokers, "--alter", "--entity-type", "clients", "--entity-name", "streamward"]
    java = ["java", "-Xmx128m", "-cp", f"{fetch_jars()}/*", "kafka.admin.ConfigCommand"]
    run_or_raise([*java, *words, *change.split()], "the rate of the worker could not be changed")


def refuse_outcomes(part: Part) -> None:
    """Has the broker refuse what is written, with requests there already: those of the gateway are refused as well."""
    [worker] = part.workers
    worker.freeze()
    enough = part.traffic.sent + 30
    until(lambda: part.traffic.sent > enough, "requests that wait")
    part.broker.refuse(PRODUCE, 100_000)
    worker.thaw()


def set_up(running: ExitStack, folder: Path, kafka: Broker) -> dict[str, Part]:
    """A broker, traffic and a worker of its own for each fault, and one more without any."""
    made = {}
    for job in EXPECTED:
        broker = running.enter_context(FaultyBroker(TOPICS, PARTITIONS))
        brokers = kafka.brokers if job == "lag" else broker.brokers
        (folder / job).mkdir()
        start = running.enter_context(workers(folder / job, brokers))
        traffic = running.enter_context(Traffic(brokers, LAG_RATE if job == "lag" else RATE))
        packs = ({}, {"PACKS": "azure-openai"}) if job == "digests" else ({},)
        made[job] = Part(broker, traffic, [start(**settings).ready() for settings in packs])
    return made


def main() -> int:
    words = argparse.ArgumentParser(description="Makes faults and awaits their alerts at a webhook.")
    words.add_argument("--faster", type=float, default=60.0, help="divides every duration of the rules [60]")
    factor: float = words.parse_args().faster
    missing = what_is_missing()
    if missing:
        words.error(missing)
    needed()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        rules = []
        for path in RULE_FILES:
            rules.append(folder / path.name)
            rules[-1].write_text(quicker(path.read_text(), factor))
        kafka = real_kafka(running, folder)
        parts = set_up(running, folder, kafka)
        arrived = Arrived()
        manager = running.enter_context(Alertmanager(folder / "alertmanager", arrived.url))
        jobs = {job: [f"127.0.0.1:{worker.port}" for worker in part.workers] for job, part in parts.items()}
        place = manager.url.removeprefix("http://")
        prometheus = running.enter_context(Prometheus(folder / "prometheus", jobs, rules, place))
        seen = f"count(sum by (job) (streamward_decisions_total) > 50) == {len(EXPECTED)}"
        until(lambda: prometheus.series(seen), "decisions in every job", 120.0)
        print(f"durations divided by {factor:g}; {len(EXPECTED)} jobs judge; the faults are made now", flush=True)
        parts["stopped"].workers[0].stop()
        parts["rejects"].traffic.nonsense = 0.9
        throttle(kafka, "--add-config consumer_byte_rate=20000")
        refuse_outcomes(parts["refused"])
        complete = wait_for(arrived, EXPECTED, "firing")
        print("the faults are mended now", flush=True)
        parts["rejects"].traffic.nonsense = 0.0
        throttle(kafka, "--delete-config consumer_byte_rate")
        parts["refused"].broker.relent(PRODUCE)
        parts["digests"].workers[1].stop()
        complete &= wait_for(
            arrived, {"rejects": {"StreamwardRejects"}, "refused": {"StreamwardNothingJudged"}}, "resolved"
        )
    unexpected = sorted({f"{job}: {name}" for job, name, _ in arrived.first if job == "healthy"})
    print("nothing came from the healthy job" if not unexpected else f"came and should not: {unexpected}")
    return 0 if complete and not unexpected else 1


def wait_for(arrived: Arrived, expected: dict[str, set[str]], status: str) -> bool:
    """Waits until all of these came; says what did not."""
    try:
        until(
            lambda: all(arrived.has(job, names, status) for job, names in expected.items()),
            f"alerts that are {status}",
            LONGEST_SECONDS,
            every=0.5,
        )
    except AssertionError:
        for job, names in expected.items():
            late = [name for name in sorted(names) if not arrived.has(job, {name}, status)]
            print(f"{job}: {status} did not come: {late}" if late else f"{job}: complete")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
