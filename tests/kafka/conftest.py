"""What the tests on a real Kafka stand on: the broker, topics of their own, worker processes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.cimpl import NewTopic

from tests.kafka.broker import Broker, what_is_missing
from tests.waiting import until
from tests.workers import StartWorker, workers

HERE = Path(__file__).parent
MakeTopic = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder, so that `-m "not kafka"` leaves them out; the first may wait for Maven."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.kafka)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker of this run. A test that stops it starts it again before it ends."""
    missing = what_is_missing()
    if missing and (os.environ.get("CI") or os.environ.get("KAFKA_REQUIRED")):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def topic(kafka: Broker) -> MakeTopic:
    """Makes a topic of a unique name: `topic("requests", partitions=4, **configuration)`."""
    admin = kafka.admin()

    def make(name: str, partitions: int = 4, **configuration: str) -> str:
        unique = f"{name}-{uuid4().hex[:8]}"
        dotted = {key.replace("_", "."): value for key, value in configuration.items()}
        admin.create_topics([NewTopic(unique, partitions, 1, config=dotted)])[unique].result(30.0)
        until(lambda: led(kafka, unique, partitions), f"leaders of {unique}")
        return unique

    return make


def led(kafka: Broker, name: str, partitions: int) -> bool:
    """Whether each partition of the topic has a leader, so that producing to it works."""
    known = kafka.admin().list_topics(name, timeout=10.0).topics[name].partitions
    return len(known) == partitions and all(each.leader >= 0 for each in known.values())


@pytest.fixture
def start_worker(kafka: Broker, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts a worker on the broker: `start_worker(APP_ID="a", TOPIC_REQUESTS=...)`; ended with the test."""
    with workers(tmp_path, kafka.brokers) as start:
        yield start
