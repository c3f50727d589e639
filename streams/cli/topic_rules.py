"""What the topics should be like, as data and pure functions: created so, and checked against.

The sentences are for the operator: what is wrong, what comes of it, what to do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from streams.settings import Settings

OUTCOME_BYTES = 2 * 1024 * 1024
PARTITIONS = 8
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the cluster describes it. `leaderless`: partitions that nobody leads just now."""

    name: str
    partitions: int
    replication: int
    leaderless: int = 0
    configs: Mapping[str, str] = field(default_factory=dict)

    def number(self, key: str, default: int) -> int:
        found = self.configs.get(key, "")
        return int(found) if found.lstrip("-").isdecimal() else default


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a topic. `danger`: requests or outcomes can be lost or stand still; else worth knowing."""

    topic: str
    danger: bool
    problem: str
    fix: str


def topic_names(settings: Settings) -> tuple[str, str, str]:
    return settings.topic_requests, settings.topic_decisions, settings.topic_rejects


def configs_for(name: str, settings: Settings, replication: int) -> dict[str, str]:
    """The topic's own configuration when it is created."""
    configs = {"cleanup.policy": "delete"}
    if name != settings.topic_requests:
        configs["max.message.bytes"] = str(OUTCOME_BYTES)
    if replication >= 3:
        configs["min.insync.replicas"] = "2"
        configs["unclean.leader.election.enable"] = "false"
    return configs


def findings(settings: Settings, topics: Mapping[str, Topic], brokers: int) -> Iterator[Finding]:
    """What is missing or set dangerously, topic by topic."""
    for name in topic_names(settings):
        if name not in topics:
            yield Finding(name, True, "does not exist", "run `streamward topics create`")
        else:
            yield from _cleanup(topics[name])
            yield from _sizes(topics[name], settings)
            yield from _replicas(topics[name], brokers)
    yield from _partitions(settings, topics)


def _altered(setting: str) -> str:
    return f"set {setting} on the topic"


def _cleanup(topic: Topic) -> Iterator[Finding]:
    if "compact" in topic.configs.get("cleanup.policy", "delete"):
        problem = "is compacted: of one tenant's events all but the last are thrown away"
        yield Finding(topic.name, True, problem, _altered("cleanup.policy=delete"))
    if 0 <= topic.number("retention.ms", -1) < HOUR_MS:
        problem = "keeps events for less than an hour: what is not read by then is lost"
        yield Finding(topic.name, True, problem, _altered("retention.ms to a day or more"))


def _sizes(topic: Topic, settings: Settings) -> Iterator[Finding]:
    largest = topic.number("max.message.bytes", 1_048_588)
    if topic.name != settings.topic_requests and largest < OUTCOME_BYTES:
        problem = f"takes messages of {largest} bytes at most, outcomes may have up to {OUTCOME_BYTES}"
        yield Finding(topic.name, True, problem, _altered(f"max.message.bytes={OUTCOME_BYTES}"))
    if topic.name == settings.topic_requests and largest < settings.max_record_bytes:
        problem = f"takes messages of {largest} bytes at most, STREAMWARD_MAX_RECORD_BYTES allows more"
        yield Finding(topic.name, False, problem, _altered(f"max.message.bytes={settings.max_record_bytes + 48_588}"))


def _replicas(topic: Topic, brokers: int) -> Iterator[Finding]:
    least = topic.number("min.insync.replicas", 1)
    if topic.leaderless:
        problem = f"has {topic.leaderless} partitions without a leader: nothing can be read or written there"
        yield Finding(topic.name, True, problem, "bring the missing brokers back")
    if topic.replication < 3 <= brokers:
        problem = f"has {topic.replication} of 3 possible replicas: the death of a broker can lose events"
        yield Finding(topic.name, True, problem, "reassign its partitions with replication 3")
    if topic.replication >= 3 and least < 2:
        problem = "has min.insync.replicas 1: an acknowledged event can be lost with one broker"
        yield Finding(topic.name, True, problem, _altered("min.insync.replicas=2"))
    if least > topic.replication:
        problem = f"has min.insync.replicas {least} and replication {topic.replication}: nothing can be written"
        yield Finding(topic.name, True, problem, _altered(f"min.insync.replicas={max(1, topic.replication - 1)}"))
    elif least == topic.replication > 1:
        problem = f"has min.insync.replicas {least}, as many as replicas: one broker down stops all writing"
        yield Finding(topic.name, False, problem, _altered(f"min.insync.replicas={topic.replication - 1}"))
    if topic.configs.get("unclean.leader.election.enable") == "true":
        problem = "allows unclean leader election: acknowledged events can be lost"
        yield Finding(topic.name, True, problem, _altered("unclean.leader.election.enable=false"))


def _partitions(settings: Settings, topics: Mapping[str, Topic]) -> Iterator[Finding]:
    requests = topics.get(settings.topic_requests)
    if requests is not None and requests.partitions == 1:
        problem = "has one partition: only one worker can have work"
        yield Finding(requests.name, False, problem, f"add partitions, {PARTITIONS} for a start")


@dataclass(frozen=True, slots=True)
class Right:
    """A right that a worker needs on the cluster, and what for."""

    resource: str
    name: str
    operation: str
    purpose: str


def rights(settings: Settings) -> list[Right]:
    """The rights of a worker, no more than it needs. READ and WRITE bring DESCRIBE with them."""
    return [
        Right("topic", settings.topic_requests, "READ", "consume requests"),
        Right("topic", settings.topic_decisions, "WRITE", "produce decisions"),
        Right("topic", settings.topic_rejects, "WRITE", "produce rejects"),
        Right("group", settings.app_id, "READ", "join the group and commit offsets"),
    ]
