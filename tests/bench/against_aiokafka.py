"""A worker with every default pack against a bare aiokafka loop that judges nothing, on one real Kafka, in one run.

Usage: python -m tests.bench.against_aiokafka [--bar 0.5] [--rounds 5] [--records 50000]

The rounds are interleaved and change their order. Exit code 0: the median of the ratios reaches the bar; 1: it does
not; 2: a side did not finish or a request was not decided; 3: a worker grew past its memory.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import orjson
from confluent_kafka.cimpl import NewTopic

from tests.kafka.broker import Broker
from tests.kafka.clients import Sent, count, read, send
from tests.waiting import until
from tests.workers import Worker, workers

MEMORY_MEBIBYTES = 250
WITHIN = 180.0
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
ASKS = (
    "Can you summarise this customer review? The parcel came late, the box was torn and nobody answered my mail.",
    "Write a polite reply to a supplier who missed the delivery date twice and ask for a new one.",
    "Explain to a new colleague how our build moves from one stage to the next, in four short paragraphs.",
    "Plan three dinners for six people, one of whom eats no nuts, and list what has to be bought.",
    "Translate the notes of this morning's meeting into plain sentences and leave the figures as they are.",
)


class Round(NamedTuple):
    """Records a second of both sides, and the largest resident memory of the worker in MiB."""

    ours: float
    bare: float
    memory: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def traffic(records: int) -> Iterator[Sent]:
    """Ordinary chats of about 600 bytes, 100 tenants, the same each time."""
    dice = random.Random(7)
    for number in range(records):
        words = f"{dice.choice(ASKS)} Reference {dice.randrange(10**9)}. {dice.choice(ASKS)}"
        chat = [{"role": "system", "content": "You help a shop."}, {"role": "user", "content": words}]
        tenant = f"t-{dice.randrange(100)}"
        service = {"provider": "azure-openai", "operation": "chat.completions"}
        event = {
            "specversion": "1.0",
            "type": "moderation.request.v1",
            "id": f"r-{number}",
            "source": "/bench",
            "time": "2026-06-01T00:00:00Z",
            "data": {"tenant": tenant, "service": service, "body": {"messages": chat}},
        }
        yield Sent(orjson.dumps(event), tenant.encode(), STRUCTURED)


def run_bare(brokers: str, source: str, target: str, records: int) -> float:
    command = [sys.executable, "-m", "tests.bench.bare_aiokafka", brokers, source, target, str(records)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=WITHIN).stdout)


def run_ours(folder: Path, brokers: str, names: list[str], records: int) -> tuple[float, float]:
    """The worker's rate, from its first to its last decision as the broker stamped them, and its memory."""
    requests, decisions, rejects = names
    with workers(folder, brokers) as start:
        worker = start(APP_ID=decisions, TOPIC_REQUESTS=requests, TOPIC_DECISIONS=decisions, TOPIC_REJECTS=rejects)
        until(lambda: count(brokers, decisions) >= records, "all decisions", WITHIN, every=0.2)
        memory = resident(worker)
        assert worker.stop() == 0, "the worker did not end well"
    seen = read(brokers, decisions)
    assert len({each.header("request-id") for each in seen}) == records, "a request was not decided"
    stamps = [each.timestamp for each in seen]
    return records * 1000 / max(1, max(stamps) - min(stamps)), memory


def resident(worker: Worker) -> float:
    """The peak resident memory in MiB."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def run_round(number: int, folder: Path, broker: Broker, records: int) -> Round:
    requests, decisions, rejects, bare = (f"{name}-{number}" for name in ("requests", "decisions", "rejects", "bare"))
    stamped = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152"}
    admin = broker.admin()
    made = admin.create_topics([NewTopic(name, 4, 1, config=stamped) for name in (requests, decisions, rejects, bare)])
    for each in made.values():
        each.result(30.0)
    send(broker.brokers, requests, traffic(records))
    names = [requests, decisions, rejects]
    if number % 2:
        theirs = run_bare(broker.brokers, requests, bare, records)
        ours, memory = run_ours(folder, broker.brokers, names, records)
    else:
        ours, memory = run_ours(folder, broker.brokers, names, records)
        theirs = run_bare(broker.brokers, requests, bare, records)
    return Round(ours, theirs, memory)


def report(rounds: list[Round], bar: float) -> int:
    """Prints the figures; the exit code."""
    ratio, memory = median(each.ratio for each in rounds), max(each.memory for each in rounds)
    ours, bare = median(each.ours for each in rounds), median(each.bare for each in rounds)
    spread = f"{min(each.ratio for each in rounds):.2f} to {max(each.ratio for each in rounds):.2f}"
    print(f"medians: streamward {ours:.0f}/s, bare aiokafka {bare:.0f}/s")
    print(f"ratio: median {ratio:.2f}, {spread}, wanted {bar:g}; memory {memory:.0f} MiB of {MEMORY_MEBIBYTES}")
    if memory > MEMORY_MEBIBYTES:
        return 3
    return 0 if ratio >= bar else 1


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--bar", type=float, default=0.5, help="the ratio that the median must reach")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--records", type=int, default=50_000, help="records in a round")
    given = asked.parse_args()
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "kafka").mkdir()
        broker = Broker(folder / "kafka")
        broker.start()
        try:
            for number in range(1, given.rounds + 1):
                rounds.append(run_round(number, folder, broker, given.records))
                last = rounds[-1]
                print(
                    f"round {number}: {last.ours:.0f}/s against {last.bare:.0f}/s, ratio {last.ratio:.2f}", flush=True
                )
        except (AssertionError, subprocess.SubprocessError) as failed:
            print(f"not finished: {failed}")
            return 2
        finally:
            broker.stop()
    return report(rounds, given.bar)


if __name__ == "__main__":
    sys.exit(main())
