"""Keeps the books of the intake on the event loop: what is held, what may be committed, what the group said.

Partitions are given up only after all that was taken from them has its outcome and is committed, so a worker that joins
or leaves costs nothing decided twice. A partition that was lost is forgotten at once: it is somebody else's by then.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from streams.metrics import Metrics
from streams.transport.health import Health
from streams.transport.intake import Intake
from streams.transport.ledger import Batch, Ledger, Place, Window

log = logging.getLogger(__name__)

COMMIT_SECONDS = 1.0
# A commit whose result has not come after this long is asked for again.
COMMIT_PATIENCE = 5.0
STALLED_SECONDS = 15.0
REVOKE_SECONDS = 5.0
STUCK_SECONDS = 30.0


class Keeper:
    """What the intake tells, and what follows from it. Everything here runs on the event loop.

    `handed` holds the batches on their way to the agent; `moved` is called with all places held when they have changed.
    """

    def __init__(self, intake: Intake, window: Window, metrics: Metrics, health: Health) -> None:
        self.handed: asyncio.Queue[Batch] = asyncio.Queue()
        self.moved: Callable[[frozenset[Place]], Awaitable[None]]
        self._intake = intake
        self._window = window
        self._ledger = Ledger(window)
        self._metrics = metrics
        self._health = health
        self._changed = asyncio.Event()
        self._leaving = False
        self._asked_at: float | None = None
        self._committed_at = self._settled_at = time.monotonic()

    @property
    def places(self) -> frozenset[Place]:
        return self._ledger.places

    def start(self, moved: Callable[[frozenset[Place]], Awaitable[None]]) -> None:
        self.moved = moved
        self._health.trouble("group", "the group has not given this worker an assignment yet")
        self._intake.start(self, asyncio.get_running_loop())

    def subscribe(self, topics: Iterable[str]) -> None:
        self._intake.subscribe(sorted(topics))

    def received(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            if self._ledger.take(batch):
                self.handed.put_nowait(batch)
        self._count_held()

    def settle(self, batch: Batch) -> None:
        """Notes that every outcome of a batch is acknowledged, so that its offsets may be committed."""
        self._ledger.settle(batch)
        self._settled_at = time.monotonic()
        self._health.well("flow")
        self._count_held()
        self._changed.set()

    def committed(self, offsets: Mapping[Place, int], error: str | None) -> None:
        self._asked_at = None
        self._ledger.committed(offsets)
        self._metrics.commits.add(labels=("ok" if error is None else "failed",))
        if error is None:
            self._committed_at = time.monotonic()
            self._health.well("commits")
        else:
            # Usual while the group changes; a commit that stalls shows in the readiness.
            log.info("offsets were not committed and will be again: %s", error)
        self._changed.set()

    def watermarks(self, ends: Mapping[Place, int]) -> None:
        for place, end in ends.items():
            position = self._ledger.position(place)
            if position is not None:
                lag, since = max(0, end - position), self._ledger.waiting_since(place)
                waited = time.time() - since / 1000 if lag and since is not None else 0.0
                self._metrics.lag_records.set(lag, _labels(place))
                self._metrics.lag_seconds.set(max(0.0, waited), _labels(place))

    async def assigned(self, places: Sequence[Place], starts: Mapping[Place, int]) -> None:
        self._ledger.open(places)
        self._ledger.start(starts)
        self._committed_at = time.monotonic()
        self._count_rebalance()
        await self.moved(self._ledger.places)
        log.info("partitions given", extra={"partitions": _names(places), "held": _names(self._ledger.places)})
        self._health.well("group")

    async def revoked(self, places: Sequence[Place]) -> Mapping[Place, int]:
        """Waits until everything taken from these partitions has its outcome, then says what to commit."""
        started = time.monotonic()
        if not await self._all_settled(places, 0.0 if self._leaving else REVOKE_SECONDS):
            log.warning("partitions were taken before all that was held of them had its outcome")
        seconds = round(time.monotonic() - started, 3)
        log.info("partitions taken", extra={"partitions": _names(places), "seconds": seconds})
        return self._ledger.committable(places)

    async def given_up(self, places: Sequence[Place]) -> None:
        self._ledger.close(places)
        self._count_rebalance()
        for place in places:
            self._metrics.lag_records.remove(_labels(place))
            self._metrics.lag_seconds.remove(_labels(place))
        self._count_held()
        self._changed.set()

    async def commit_in_turn(self) -> None:
        """Commits every second what has its outcome, for ever."""
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            self._commit()
            self._watch_flow()

    def _watch_flow(self) -> None:
        now = time.monotonic()
        if self._ledger.is_idle(self._ledger.places):
            self._settled_at = now
            self._health.well("flow")
        elif now - self._settled_at > STUCK_SECONDS:
            self._health.trouble("flow", f"nothing that was taken had its outcome for {int(STUCK_SECONDS)} seconds")

    def leave(self) -> None:
        """Says that the worker ends: what has no outcome by now is not waited for any more."""
        self._leaving = True

    async def drain(self, seconds: float) -> bool:
        """Takes nothing more, waits for what is held, commits it. False where time ran out before that."""
        deadline = time.monotonic() + seconds
        self._intake.stop_taking()
        done = await self._all_settled(self._ledger.places, seconds)
        while self._ledger.committable():
            if time.monotonic() >= deadline:
                return False
            self._commit()
            await self._change(min(1.0, deadline - time.monotonic()))
        return done

    def _commit(self) -> None:
        offsets = self._ledger.committable()
        now = time.monotonic()
        if not offsets:
            self._committed_at = now
            return
        if self._asked_at is not None and now - self._asked_at < COMMIT_PATIENCE:
            return
        if now - self._committed_at > STALLED_SECONDS:
            self._health.trouble("commits", f"no offset was committed for {int(STALLED_SECONDS)} seconds")
        self._asked_at = now
        self._intake.commit(offsets)

    async def _all_settled(self, places: Iterable[Place], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        held = tuple(places)
        while not self._ledger.is_idle(held):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await self._change(left)
        return True

    async def _change(self, seconds: float) -> None:
        self._changed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), max(0.01, seconds))

    def _count_rebalance(self) -> None:
        self._metrics.rebalances.add()
        self._metrics.assigned_partitions.set(len(self._ledger.places))

    def _count_held(self) -> None:
        self._metrics.inflight_records.set(self._window.held)


def _labels(place: Place) -> tuple[str, str]:
    return place.topic, str(place.partition)


def _names(places: Iterable[Place]) -> list[str]:
    return [f"{place.topic}/{place.partition}" for place in sorted(places)]
