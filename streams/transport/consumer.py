"""The Faust side of the intake: a transport whose consumer hands one fetched batch of one partition on as one event.

Faust keeps its part: topics, channels, streams and agents. What it would do per record (track, acknowledge, commit one
by one), the keeper does per batch; what it does for tables has nothing to do here, for there are none.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn

from faust.transport import base
from faust.transport.consumer import Consumer
from faust.types import TP, ConsumerMessage, Message
from faust.types.transports import ConsumerT, ProducerT
from mode import Service
from mode.types import ServiceT

from streams.transport.keeper import Keeper
from streams.transport.ledger import Batch, Place


class BatchConsumer(Consumer):
    """A Faust consumer over the keeper's batches."""

    mundane_level = "debug"

    def __init__(self, transport: "BatchTransport", *args: Any, **options: Any) -> None:
        super().__init__(transport, *args, **options)
        self._keeper = transport.keeper
        self._flowing = False

    async def on_start(self) -> None:
        self._keeper.start(self._follow)

    async def on_stop(self) -> None:
        """Nothing: the worker drains before Faust stops."""

    async def subscribe(self, topics: Iterable[str]) -> None:
        self._keeper.subscribe(topics)

    def assignment(self) -> set[TP]:
        return _partitions(self._keeper.places)

    async def _follow(self, places: frozenset[Place]) -> None:
        """Lets Faust know which partitions are held.

        Only the first time by its whole procedure, which starts the flow: later ones would clear the agent's queue, and
        with it batches of partitions that stay.
        """
        held = _partitions(places)
        if self._flowing:
            await self.app.topics.on_partitions_assigned(held)
        else:
            self._flowing = True
            self.app.on_rebalance_start()
            await self.on_partitions_assigned(held, self.app.consumer_generation_id)

    @Service.task
    async def _commits(self) -> None:
        await self._keeper.commit_in_turn()

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        while not fetcher.should_stop:
            batch = await self._keeper.handed.get()
            if batch.live:
                await self.callback(self._to_message(TP(*batch.place), batch))

    def _to_message(self, tp: TP, record: Batch) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            record.next_offset - 1,
            time.time(),
            0,
            None,
            None,
            record,  # type: ignore[arg-type]  # Faust carries the value as it is
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    def ack(self, message: Message) -> bool:
        """Nothing: the keeper settles a batch. Faust would also acknowledge one whose agent raised."""
        return False

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        return False

    async def wait_empty(self) -> None:
        """Nothing: the worker drains before Faust stops."""

    async def seek_to_committed(self) -> Mapping[TP, int]:
        return {}  # librdkafka starts at the committed offsets by itself

    async def verify_all_partitions_active(self) -> None:
        """Nothing: outlet and keeper watch whether outcomes and commits move."""

    async def position(self, tp: TP) -> NoReturn:
        raise NotImplementedError

    async def create_topic(self, topic: str, partitions: int, replication: int, **options: Any) -> NoReturn:
        raise NotImplementedError

    async def seek_wait(self, partitions: Mapping[TP, int]) -> NoReturn:
        raise NotImplementedError

    async def _seek(self, partition: TP, offset: int) -> NoReturn:
        raise NotImplementedError

    def highwater(self, tp: TP) -> NoReturn:
        raise NotImplementedError

    def topic_partitions(self, topic: str) -> int | None:
        return None

    async def earliest_offsets(self, *partitions: TP) -> NoReturn:
        raise NotImplementedError

    async def highwaters(self, *partitions: TP) -> NoReturn:
        raise NotImplementedError

    async def _commit(self, offsets: Mapping[TP, int]) -> NoReturn:
        raise NotImplementedError

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> NoReturn:  # noqa: ASYNC109
        raise NotImplementedError

    def _new_topicpartition(self, topic: str, partition: int) -> TP:
        return TP(topic, partition)

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> int | None:
        return partition

    def close(self) -> None:
        """Nothing: the worker stops the intake."""


class NoProducer(base.Producer):
    """Faust's own producer has nothing to do: outcomes leave through the outlet."""

    mundane_level = "debug"

    async def flush(self) -> None:
        await self.buffer.flush()


class BatchTransport(base.Transport):
    """The Faust transport that carries batches. `keeper` is set by whoever makes it, before its consumer is."""

    Consumer: ClassVar[type[ConsumerT]] = BatchConsumer
    Producer: ClassVar[type[ProducerT]] = NoProducer
    driver_version = "streamward"
    keeper: Keeper


def _partitions(places: Iterable[Place]) -> set[TP]:
    return {TP(*place) for place in places}
