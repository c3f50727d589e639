"""A set of topics under moderation: what was sent in, and the account of what came out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import uuid4

import orjson

from tests.kafka.broker import Broker
from tests.kafka.clients import Seen, Sent, committed, count, read, send
from tests.kafka.conftest import MakeTopic
from tests.waiting import until
from tests.workers import StartWorker, Worker

STRUCTURED = (("content-type", b"application/cloudevents+json"),)
PLAIN = {"provider": "azure-openai", "operation": "chat.completions"}
QUESTION = {"messages": [{"role": "user", "content": "Plan three dinners with leeks."}]}
POISON = tuple(b"poison %d {" % n for n in range(10))


def request(identity: str, tenant: str = "t-1") -> Sent:
    """An ordinary request in structured mode."""
    event = {
        "specversion": "1.0",
        "type": "moderation.request.v1",
        "id": identity,
        "source": "/tests",
        "time": "2026-06-01T00:00:00Z",
        "data": {"tenant": tenant, "service": PLAIN, "body": QUESTION},
    }
    return Sent(orjson.dumps(event), tenant.encode(), STRUCTURED)


def requests(first: int, last: int) -> list[Sent]:
    """Ordinary requests of 40 tenants, numbered from `first` up to but not including `last`."""
    return [request(f"r-{n}", f"t-{n % 40}") for n in range(first, last)]


class Moderated:
    """Requests, decisions and rejects of one application of its own."""

    def __init__(self, kafka: Broker, topic: MakeTopic, start: StartWorker, outlets: Mapping[str, str] | None = None):
        """`outlets` is the configuration of the topics that outcomes leave on."""
        self.kafka = kafka
        self.group = f"judge-{uuid4().hex[:8]}"
        self.requests = topic("requests")
        self.decisions = topic("decisions", **(outlets or {}))
        self.rejects = topic("rejects", **(outlets or {}))
        self._start = start

    def worker(self, **settings: object) -> Worker:
        named = {"TOPIC_REQUESTS": self.requests, "TOPIC_DECISIONS": self.decisions, "TOPIC_REJECTS": self.rejects}
        return self._start(APP_ID=self.group, SESSION_TIMEOUT=6, **named, **settings)

    def send(self, records: Iterable[Sent]) -> None:
        send(self.kafka.brokers, self.requests, records)

    def decided(self) -> int:
        return count(self.kafka.brokers, self.decisions)

    def committed(self) -> dict[int, int]:
        return committed(self.kafka.admin(), self.group, self.requests)

    def wait_until_committed(self, total: int, within: float = 60.0) -> None:
        until(lambda: sum(self.committed().values()) == total, f"{total} committed", within, every=0.2)

    def rejected(self) -> list[Seen]:
        return read(self.kafka.brokers, self.rejects)

    def decisions_by_id(self) -> Counter[str]:
        """How often each request was decided; fails where two decisions of one request differ beyond their time."""
        known: dict[str, bytes] = {}
        times: Counter[str] = Counter()
        for seen in read(self.kafka.brokers, self.decisions):
            decision = orjson.loads(seen.value or b"")
            identity = decision["data"]["request"]["id"]
            times[identity] += 1
            del decision["time"], decision["data"]["timing"]
            lasting = orjson.dumps(decision, option=orjson.OPT_SORT_KEYS)
            assert known.setdefault(identity, lasting) == lasting, f"two decisions of {identity} differ"
        return times
