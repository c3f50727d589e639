"""The way out: an idempotent librdkafka producer. What is sent for one batch is settled when every report is good.

A report that is not good is never passed over: new work waits at the gate until everything under way has its report,
then what failed is sent again, alone and in order, for as long as it takes. So nothing is lost, and what is held stays
bounded, however long the broker refuses.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.events import RecordHeader
from streams.metrics import Metrics
from streams.transport.health import Health
from streams.transport.ledger import Batch

log = logging.getLogger(__name__)

HELD_BYTES = 32_000_000
POLL_SECONDS = 0.002
STALLED_SECONDS = 10.0
FIRST_DELAY, LONGEST_DELAY = 0.25, 5.0


class Outgoing(NamedTuple):
    """One outcome on its way. `smaller` makes a shorter form of it for a broker that refuses its size."""

    topic: str
    value: bytes | None
    key: bytes | None
    headers: Sequence[RecordHeader]
    timestamp: int
    smaller: Callable[[], "Outgoing | None"] | None = None


class Flight:
    """The outcomes of one batch: how many reports are due, which were bad.

    `again` gives the outcome that was sent as the n-th, for sending it anew; `settled` is called once, when all of them
    are acknowledged.
    """

    __slots__ = ("again", "batch", "closed", "failed", "opened_at", "outlet", "pending", "sent", "settled", "size")

    def __init__(
        self, outlet: "Outlet", batch: Batch, again: Callable[[int], Outgoing], settled: Callable[[], None]
    ) -> None:
        self.outlet = outlet
        self.batch = batch
        self.again = again
        self.settled = settled
        self.sent = self.pending = self.size = 0
        self.failed: list[int] = []
        self.closed = False
        self.opened_at = time.monotonic()

    def report(self, index: int, error: KafkaError | None, message: Message | None) -> None:
        self.pending -= 1
        if error is not None:
            self.failed.append(index)
            self.outlet.mend()
        elif self.closed and not self.pending:
            self.outlet.landed(self)

    def close(self) -> None:
        """Says that nothing more will be sent for this batch."""
        self.closed = True
        self.outlet.landed(self)


class Outlet:
    """The producer and what is under way. Everything runs on the event loop; librdkafka's own threads send."""

    def __init__(self, config: Mapping[str, Any], metrics: Metrics, health: Health) -> None:
        self._config = dict(config) | {"error_cb": self._on_error}
        self._metrics = metrics
        self._health = health
        self._producer: Producer
        self._flights: dict[Flight, None] = {}
        self._bytes = 0
        self._fatal = False
        self._gate = asyncio.Event()
        self._busy = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._mending: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Makes the producer. No broker needs to be there yet."""
        self._producer = Producer(self._config, logger=log)
        self._gate.set()
        self._tasks = [asyncio.create_task(self._pump()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """Ends at once; what is still under way stays unacknowledged and uncommitted."""
        for task in [*self._tasks, *([self._mending] if self._mending else [])]:
            task.cancel()
        self._producer.purge()
        self._producer.poll(0)

    def open(self, batch: Batch, again: Callable[[int], Outgoing], settled: Callable[[], None]) -> Flight:
        flight = Flight(self, batch, again, settled)
        self._flights[flight] = None
        self._busy.set()
        return flight

    async def ready(self) -> None:
        """Waits while failed outcomes are mended and while too much is under way."""
        while not self._gate.is_set() or self._bytes > HELD_BYTES:
            await self._gate.wait()
            if self._bytes > HELD_BYTES:
                self._producer.poll(0)
                await asyncio.sleep(POLL_SECONDS)

    def send(
        self,
        flight: Flight,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        headers: Sequence[RecordHeader],
        timestamp: int,
    ) -> None:
        """Hands one outcome to librdkafka; whatever it refuses is mended like any other failure."""
        report = partial(flight.report, flight.sent)
        size = 0 if value is None else len(value)
        flight.sent += 1
        flight.pending += 1
        flight.size += size
        self._bytes += size
        try:
            self._producer.produce(topic, value, key, on_delivery=report, timestamp=timestamp, headers=headers)  # type: ignore[arg-type]
        except BufferError:
            report(KafkaError(KafkaError._QUEUE_FULL), None)
        except KafkaException as fault:
            report(fault.args[0], None)

    def poll(self) -> None:
        """Takes the delivery reports that are there."""
        self._producer.poll(0)

    def mend(self) -> None:
        """Shuts the gate until what failed is sent again."""
        self._metrics.produce_errors.add()
        self._gate.clear()
        if self._mending is None or self._mending.done():
            self._mending = asyncio.ensure_future(self._mend())

    def landed(self, flight: Flight) -> None:
        """Settles a flight that is closed, with every report there and none of them bad."""
        if flight.closed and not flight.pending and not flight.failed and flight in self._flights:
            del self._flights[flight]
            self._bytes -= flight.size
            if flight.batch.live:
                flight.settled()

    async def _mend(self) -> None:
        while True:
            while any(flight.pending for flight in self._flights):  # noqa: ASYNC110  reports come by polling
                await asyncio.sleep(POLL_SECONDS)
            wounded = [flight for flight in self._flights if flight.failed]
            if not wounded:
                break
            for flight in wounded:
                for index in sorted(flight.failed):
                    await self._send_until_taken(flight, flight.again(index))
                flight.failed.clear()
                self.landed(flight)
        self._health.well("outcomes")
        self._gate.set()

    async def _send_until_taken(self, flight: Flight, outgoing: Outgoing) -> None:
        delay = FIRST_DELAY
        while flight.batch.live:
            error = await self._send_alone(outgoing)
            if error is None:
                return
            self._metrics.produce_errors.add()
            if error.code() == KafkaError.MSG_SIZE_TOO_LARGE and outgoing.smaller is not None:
                shorter = outgoing.smaller()
                if shorter is not None:
                    outgoing = shorter
                    continue
            self._health.trouble("outcomes", f"{outgoing.topic} does not take an outcome: {error.str()}")
            if self._fatal:
                self._renew()
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _send_alone(self, outgoing: Outgoing) -> KafkaError | None:
        """Sends one outcome as the only one under way, so that no other is refused for its sake."""
        answer: asyncio.Future[KafkaError | None] = asyncio.get_running_loop().create_future()

        def report(error: KafkaError | None, message: Message | None) -> None:
            if not answer.done():
                answer.set_result(error)

        topic, value, key, headers, timestamp, _ = outgoing
        try:
            self._producer.produce(topic, value, key, on_delivery=report, timestamp=timestamp, headers=headers)  # type: ignore[arg-type]
        except BufferError:
            return KafkaError(KafkaError._QUEUE_FULL)
        except KafkaException as fault:
            refusal: KafkaError = fault.args[0]
            return refusal
        self._busy.set()
        return await answer

    def _renew(self) -> None:
        """Replaces a producer that can never send again."""
        log.warning("the producer failed for good and is replaced")
        self._fatal = False
        self._producer = Producer(self._config, logger=log)

    async def _pump(self) -> None:
        """Takes delivery reports soon after they come, and sleeps while nothing is under way."""
        while True:
            if self._fatal:
                self._producer.purge()  # what it holds is reported as failed, and mended by its successor
            if not len(self._producer):
                self._busy.clear()
                self._producer.poll(0)
                if not len(self._producer):
                    await self._busy.wait()
            self._producer.poll(0)
            await asyncio.sleep(POLL_SECONDS)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            oldest = next(iter(self._flights), None)
            waited = 0.0 if oldest is None else time.monotonic() - oldest.opened_at
            if waited > STALLED_SECONDS and self._gate.is_set():
                self._health.trouble("outcomes", f"no outcome was acknowledged for {int(STALLED_SECONDS)} seconds")
            elif self._gate.is_set():
                self._health.well("outcomes")

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fatal = True
        elif error.code() not in (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN):
            log.warning("kafka producer: %s", error.str())
