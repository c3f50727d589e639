"""Topic in, topic out: the only asynchronous code of ours on the way of a request.

A batch comes in as one Faust event. Each record is judged, its outcome sent at once; when the broker has acknowledged
every outcome of the batch, its offsets may be committed. Several batches are under way at a time. Nothing is raised:
Faust takes an event whose agent raised for done.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from faust.types import StreamT

from streams.codec import shrunk_reject
from streams.events import Outcome, ReceivedRecord, Record, Reject
from streams.metrics import Metrics
from streams.transport.health import Health
from streams.transport.ledger import Batch
from streams.transport.outlet import Outgoing, Outlet

log = logging.getLogger(__name__)

# After this long the loop gets a turn, so that reports, doors and timers stay alive whatever the records hold.
TURN_SECONDS = 0.005
REJECT_WINDOW = 1000
REJECT_LEAST = 100


class Judge(Protocol):
    """Bytes to outcome; never raises."""

    def moderate(self, record: ReceivedRecord, now_ms: int | None = None) -> Outcome: ...


class Destinations(NamedTuple):
    """The topics that outcomes leave on."""

    decisions: str
    rejects: str


class RejectWatch:
    """The share of rejects among the last 1,000 records. Past the limit the worker is unready; it never drops."""

    def __init__(self, limit: float, health: Health) -> None:
        self._limit = limit
        self._health = health
        self._last: deque[bool] = deque(maxlen=REJECT_WINDOW)

    def note(self, outcomes: list[Outcome]) -> None:
        self._last.extend([outcome.reject is not None for outcome in outcomes])
        rejects = sum(self._last)
        share = rejects / max(len(self._last), REJECT_LEAST)
        if share > self._limit:
            limit = f"the limit is {self._limit:g}"
            self._health.trouble("rejects", f"too many of the last {REJECT_WINDOW} records were rejects; {limit}")
        else:
            self._health.well("rejects")


class Desk:
    """Carries batches: judges each record, sends its outcome, counts, and settles the batch behind the last report."""

    def __init__(
        self,
        judge: Judge,
        outlet: Outlet,
        destinations: Destinations,
        metrics: Metrics,
        watch: RejectWatch,
        settle: Callable[[Batch], None],
    ) -> None:
        self._judge = judge
        self._outlet = outlet
        self._destinations = destinations
        self._metrics = metrics
        self._watch = watch
        self._settle = settle

    async def carry(self, batch: Batch) -> None:
        """Judges and sends one batch; returns before its reports are there."""
        await self._outlet.ready()
        carried = Carried(batch.records, self._destinations, [])
        outcomes = carried.outcomes
        flight = self._outlet.open(batch, carried.outgoing, partial(self._settled, batch, outcomes))
        moderate, send, now = self._judge.moderate, self._outlet.send, time.perf_counter
        decisions, rejects = self._destinations
        turn_ends = now() + TURN_SECONDS
        for record in batch.records:
            outcome = moderate(record)
            outcomes.append(outcome)
            if outcome.reject is None:
                send(flight, decisions, outcome.value, record.key, outcome.headers, outcome.decided_at)
            else:
                send(flight, rejects, record.value, record.key, outcome.headers, outcome.decided_at)
            if now() > turn_ends:
                await self._give_way()
                if not batch.live:
                    break
                turn_ends = now() + TURN_SECONDS
        self._metrics.count_outcomes(outcomes)
        self._watch.note(outcomes)
        flight.close()
        self._outlet.poll()

    async def _give_way(self) -> None:
        """Lets the rest of the worker have its turn, and waits where outcomes are not being taken."""
        self._outlet.poll()
        await asyncio.sleep(0)
        await self._outlet.ready()

    def _settled(self, batch: Batch, outcomes: list[Outcome]) -> None:
        now = time.time()
        self._metrics.age_seconds.observe_all([now - o.at / 1000 for o in outcomes if o.at is not None])
        self._settle(batch)


class Carried(NamedTuple):
    """What became of the records of a batch, kept until it is settled so that any outcome can be sent again."""

    records: Sequence[Record]
    destinations: Destinations
    outcomes: list[Outcome]

    def outgoing(self, index: int) -> Outgoing:
        record, outcome = self.records[index], self.outcomes[index]
        decisions, rejects = self.destinations
        if outcome.reject is None:
            return Outgoing(decisions, outcome.value, record.key, outcome.headers, outcome.decided_at)
        smaller = partial(_shorter, rejects, record, outcome.reject, outcome.decided_at, True)
        return Outgoing(rejects, record.value, record.key, outcome.headers, outcome.decided_at, smaller)


def _shorter(topic: str, record: Record, reject: Reject, decided_at: int, keep_headers: bool) -> Outgoing:
    """A reject without its value; asked again, without the record's own headers too."""
    value, headers = shrunk_reject(record, reject, keep_headers)
    further = partial(_shorter, topic, record, reject, decided_at, False) if keep_headers else None
    return Outgoing(topic, value, record.key, headers, decided_at, further)


def moderation_agent(desk: Desk, fault: Callable[[BaseException], None]) -> Callable[[StreamT[Batch]], Awaitable[None]]:
    """The agent: batches in, in order. A fault of the program itself ends the worker with nothing committed past it."""

    async def moderate(stream: StreamT[Batch]) -> None:
        async for batch in stream.noack():  # type: ignore[attr-defined]  # Faust's interface of streams leaves it out
            try:
                if batch.live:
                    await desk.carry(batch)
            except Exception as error:
                log.exception("a batch could not be carried; the worker ends and commits nothing of it")
                fault(error)
                await asyncio.Event().wait()

    return moderate
