"""One thread with a librdkafka consumer: fetches batches, commits offsets, answers the group.

The thread owns the consumer; everything it learns goes to the listener on the event loop, in order. It never stops
polling for longer than it takes to commit, so the group sees a live member however busy or blocked the loop is.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Any, Protocol, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.transport.faults import Faults
from streams.transport.health import Health
from streams.transport.ledger import Batch, Place, Window
from streams.transport.received import batches_of

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

BATCH_RECORDS = 500
BATCH_BYTES = 4_000_000
POLL_SECONDS = 0.1
PROBE_SECONDS = 1.0
HOLD_SECONDS = 1.0
WATERMARK_SECONDS = 1.0
METADATA_SECONDS = 5.0
ASK_SECONDS = 0.5


class Listener(Protocol):
    """What the event loop is told. The three coroutines are waited for: until they return, the group waits too."""

    def received(self, batches: Sequence[Batch]) -> None: ...

    def committed(self, offsets: Mapping[Place, int], error: str | None) -> None: ...

    def watermarks(self, ends: Mapping[Place, int]) -> None: ...

    async def assigned(self, places: Sequence[Place], starts: Mapping[Place, int]) -> None: ...

    async def revoked(self, places: Sequence[Place]) -> Mapping[Place, int]: ...

    async def given_up(self, places: Sequence[Place]) -> None: ...


class Intake:
    """The consumer thread. `subscribe`, `commit` and `stop` may be called from the event loop."""

    def __init__(
        self,
        config: Mapping[str, Any],
        needed_topics: Sequence[str],
        window: Window,
        health: Health,
    ) -> None:
        self._config = dict(config)
        self._needed = needed_topics
        self._window = window
        self._health = health
        self._faults = Faults(health, str(config["bootstrap.servers"]))
        self._jobs: deque[Callable[[], None]] = deque()
        self._taking = True
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._topics: list[str] = []
        self._subscribed = False
        self._probe_at = self._watermarks_at = 0.0
        self._record_bytes = 1_000.0
        self._consumer: Consumer
        self._listener: Listener
        self._loop: asyncio.AbstractEventLoop

    def start(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        """Makes the consumer and starts the thread. No broker needs to be there yet."""
        self._listener, self._loop = listener, loop
        self._consumer = Consumer(
            self._config | {"on_commit": self._on_commit, "error_cb": self._faults.note}, logger=log
        )
        threading.Thread(target=self._run, name="streamward-intake", daemon=True).start()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Joins the group once every needed topic is there."""
        self._topics = list(topics)

    def commit(self, offsets: Mapping[Place, int]) -> None:
        """Asks for a commit; its result comes to `Listener.committed`."""
        wanted = _partitions(offsets)
        self._jobs.append(lambda: self._commit_later(wanted))

    def stop_taking(self) -> None:
        """Fetches nothing more; the membership and the commits go on."""
        self._taking = False

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    async def stop(self, seconds: float) -> bool:
        """Leaves the group and ends the thread; False where that took longer than the time given."""
        self._stopping.set()
        return await asyncio.to_thread(self._ended.wait, seconds)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    self._turn()
                except KafkaException as fault:
                    self._faults.failed(fault.args[0])
                    self._stopping.wait(PROBE_SECONDS)
            self._consumer.close()
        except Exception:
            log.exception("the consumer thread ended")
        finally:
            self._ended.set()

    def _turn(self) -> None:
        self._work()
        self._probe()
        if not self._subscribed:
            self._consumer.poll(POLL_SECONDS)
        elif self._taking and self._window.has_room():
            self._pull()
        else:
            self._hold()

    def _pull(self) -> None:
        first = self._consumer.poll(POLL_SECONDS)
        if first is None:
            return
        limit = max(1, min(BATCH_RECORDS, int(BATCH_BYTES / self._record_bytes)))
        self._hand_over(self._batches([first, *self._consumer.consume(limit - 1, 0)] if limit > 1 else [first]))

    def _hand_over(self, batches: Sequence[Batch]) -> None:
        if batches:
            for batch in batches:
                self._window.take(batch)
            self._tell(self._listener.received, batches)

    def _batches(self, messages: Sequence[Message]) -> list[Batch]:
        good: list[Message] = []
        for message in messages:
            error = message.error()
            if error is None:
                good.append(message)
            else:
                self._faults.note(error)
        batches = batches_of(good)
        if good:
            # A running mean, so that a run of large records makes the next batches shorter and not the memory larger.
            self._record_bytes += 0.3 * (sum(batch.size for batch in batches) / len(good) - self._record_bytes)
        return batches

    def _hold(self) -> None:
        """Takes nothing while the window is full; after a while pauses, so that the group can still be answered."""
        if self._taking and self._window.wait(HOLD_SECONDS):
            return
        self._consumer.pause(self._consumer.assignment())
        while not (self._taking and self._window.has_room()) and not self._stopping.is_set():
            self._work()
            message = self._consumer.poll(POLL_SECONDS)
            if message is not None:
                self._hand_over(self._batches([message]))
        self._consumer.resume(self._consumer.assignment())

    def _work(self) -> None:
        while self._jobs:
            self._jobs.popleft()()
        self._watch()

    def _probe(self) -> None:
        """Waits for the topics before it joins, and finds out whether a broker that was gone is back."""
        now = time.monotonic()
        waiting = bool(self._topics) and not self._subscribed
        if now < self._probe_at or not (waiting or self._faults.open):
            return
        self._probe_at = now + PROBE_SECONDS
        missing = [topic for topic in self._needed if not self._exists(topic)]
        self._faults.reached()
        if missing:
            self._faults.missing(missing)
            return
        self._health.well("topics")
        if waiting:
            self._consumer.subscribe(
                self._topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
            )
            self._subscribed = True

    def _exists(self, topic: str) -> bool:
        patience = PROBE_SECONDS if self._subscribed else METADATA_SECONDS
        seen = self._consumer.list_topics(topic, timeout=patience).topics[topic]
        if seen.error is None:
            return bool(seen.partitions)
        if seen.error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise KafkaException(seen.error)
        return False

    def _watch(self) -> None:
        now = time.monotonic()
        if now < self._watermarks_at or not self._subscribed:
            return
        self._watermarks_at = now + WATERMARK_SECONDS
        ends: dict[Place, int] = {}
        for held in self._consumer.assignment():
            marks = self._consumer.get_watermark_offsets(held, cached=True)
            if marks[1] >= 0:
                ends[Place(held.topic, held.partition)] = marks[1]
        self._tell(self._listener.watermarks, ends)

    def _commit_later(self, wanted: list[TopicPartition]) -> None:
        try:
            self._consumer.commit(offsets=wanted, asynchronous=True)
        except KafkaException as fault:
            self._on_commit(fault.args[0], wanted)

    def _on_commit(self, error: KafkaError | None, partitions: Sequence[TopicPartition]) -> None:
        bad = error
        good: dict[Place, int] = {}
        for one in partitions if error is None else ():
            if one.error is None:
                good[Place(one.topic, one.partition)] = one.offset
            else:
                bad = one.error
        self._tell(self._listener.committed, good, None if bad is None else bad.str())

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        starts = self._starts(consumer, partitions)
        self._ask(self._listener.assigned(_places(partitions), starts))

    def _starts(self, consumer: Consumer, partitions: list[TopicPartition]) -> dict[Place, int]:
        """What the group has committed of partitions just assigned; those that it has not are left out."""
        try:
            known = consumer.committed(partitions, timeout=METADATA_SECONDS) if partitions else []
        except KafkaException:
            return {}
        return {Place(p.topic, p.partition): p.offset for p in known if p.error is None and p.offset >= 0}

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        offsets = self._ask(self._listener.revoked(_places(partitions))) or {}
        if offsets:
            try:
                self._on_commit(None, consumer.commit(offsets=_partitions(offsets), asynchronous=False) or [])
            except KafkaException as fault:
                self._on_commit(fault.args[0], [])
        self._ask(self._listener.given_up(_places(partitions)))

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._ask(self._listener.given_up(_places(partitions)))
        self._health.trouble("group", "the group no longer counts this worker a member; it is joining again")

    def _tell(self, function: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            self._stopping.set()  # the loop is closed: nobody is left to be told

    def _ask(self, question: Coroutine[Any, Any, Answer]) -> Answer | None:
        """Waits in this thread for an answer of the event loop, however long that takes.

        Nothing may be fetched of a partition before the loop has it in its books: what it does not know, it drops.
        """
        answer = asyncio.run_coroutine_threadsafe(question, self._loop)
        while True:
            try:
                return answer.result(ASK_SECONDS)
            except TimeoutError:
                if self._loop.is_closed():
                    return None
            except (Exception, CancelledError):
                if not self._stopping.is_set():
                    log.exception("the event loop could not follow the group")
                    self._stopping.set()
                return None


def _places(partitions: Sequence[TopicPartition]) -> list[Place]:
    return [Place(partition.topic, partition.partition) for partition in partitions]


def _partitions(offsets: Mapping[Place, int]) -> list[TopicPartition]:
    return [TopicPartition(place.topic, place.partition, offset) for place, offset in offsets.items()]
