"""What a gateway and an onlooker do on the cluster, through librdkafka: send records, read topics from their start."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import NamedTuple, cast

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from tests.waiting import until

NOT_YET = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


class Sent(NamedTuple):
    """A record to send. `partition` -1 lets the key decide."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    partition: int = -1


class Seen(NamedTuple):
    """A record as it lies in its topic; `timestamp` in ms since 1970."""

    value: bytes | None
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    partition: int
    offset: int
    timestamp: int

    def header(self, name: str) -> bytes | None:
        """The last header of that name, or None."""
        return dict(self.headers).get(name)


def send(brokers: str, topic: str, records: Iterable[Sent], **options: object) -> None:
    """Sends all and waits until the broker has acknowledged each; fails when one was not."""
    settings = {"acks": "all", "message.max.bytes": 4_000_000, "partitioner": "murmur2_random", "linger.ms": 5}
    producer = Producer({"bootstrap.servers": brokers} | settings | options)
    failed: list[KafkaError] = []

    def told(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failed.append(error)

    for record in records:
        put(producer, topic, record, told)
    left = producer.flush(60.0)
    assert left == 0, f"{left} records were not acknowledged within a minute"
    assert not failed, f"{len(failed)} records were refused, the first with {failed[0]}"


def put(producer: Producer, topic: str, record: Sent, told: Callable[[KafkaError | None, Message], None]) -> None:
    """Queues one record, making room first where the queue is full."""
    while True:
        try:
            return producer.produce(
                topic,
                value=record.value,
                key=record.key,
                headers=list(record.headers),
                partition=record.partition,
                on_delivery=told,
            )
        except BufferError:
            producer.poll(0.5)


def read(brokers: str, topic: str, count: int | None = None, within: float = 60.0) -> list[Seen]:
    """The records of the topic from its start: `count` of them, or all that lie there now.

    Fails when `count` do not come in time. Order holds within a partition.
    """
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "onlooker", "enable.auto.commit": False})
    try:
        partitions = sorted(consumer.list_topics(topic, timeout=10.0).topics[topic].partitions)
        ends = {each: end_offset(consumer, topic, each) for each in partitions}
        wanted = sum(ends.values()) if count is None else count
        consumer.assign([TopicPartition(topic, each, 0) for each in partitions])
        return drain(consumer, wanted, within)
    finally:
        consumer.close()


def end_offset(consumer: Consumer, topic: str, partition: int) -> int:
    """The offset that the next record of the partition will get.

    Asked again while the broker, just started, does not lead the partition yet.
    """
    place = TopicPartition(topic, partition)

    def asked() -> tuple[int, int] | None:
        try:
            return consumer.get_watermark_offsets(place, timeout=10.0)
        except KafkaException as refused:
            if refused.args[0].code() in NOT_YET:
                return None
            raise

    return int(until(asked, f"a leader of partition {partition} of {topic}")[1])


def drain(consumer: Consumer, wanted: int, within: float) -> list[Seen]:
    """The next `wanted` records of an assigned consumer."""
    seen: list[Seen] = []
    end = monotonic() + within
    while len(seen) < wanted:
        assert monotonic() < end, f"{len(seen)} records of {wanted} came within {within:g} s"
        for message in consumer.consume(min(1000, wanted - len(seen)), timeout=0.5):
            assert message.error() is None, f"the broker answered {message.error()}"
            seen.append(as_seen(message))
    return seen


def as_seen(message: Message) -> Seen:
    partition, offset = message.partition(), message.offset()
    assert partition is not None
    assert offset is not None
    # librdkafka's own type says that a header's value may be text; what it reads from a topic is bytes.
    given = cast("list[tuple[str, bytes | None]]", message.headers() or [])
    return Seen(message.value(), message.key(), tuple(given), partition, offset, message.timestamp()[1])


def count(brokers: str, topic: str) -> int:
    """How many records lie in the topic now."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "onlooker"})
    try:
        partitions = consumer.list_topics(topic, timeout=10.0).topics[topic].partitions
        return sum(end_offset(consumer, topic, each) for each in partitions)
    finally:
        consumer.close()


def committed(admin: AdminClient, group: str, topic: str) -> dict[int, int]:
    """The group's committed offset for each partition of the topic that has one."""
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    places = asked[group].result(30.0).topic_partitions or []
    return {place.partition: place.offset for place in places if place.topic == topic and place.offset >= 0}
