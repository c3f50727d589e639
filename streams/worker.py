"""The worker process: starts the application and its doors, runs until it is told to stop, then drains and leaves."""

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from streams.agents import Judge
from streams.app import StreamwardApp, create_app
from streams.doors import Doors
from streams.logs import set_up_logging
from streams.metrics import Metrics
from streams.settings import Settings
from streams.transport.health import Health

log = logging.getLogger(__name__)

# What the end may take beyond the drain: leaving the group, and Faust's own services.
LEAVE_SECONDS = 2.5
SERVICES_SECONDS = 1.0
# How often the parts are looked at, and how late the event loop comes to it measured.
WATCH_SECONDS = 0.5


# Objects made before the collector looks: a batch under way holds tens of thousands that are no garbage.
COLLECT_EVERY = 20_000


class PolicyJudge(Judge, Protocol):
    """A moderator, as far as the worker knows it."""

    @property
    def digest(self) -> str: ...
    @property
    def policy_object(self) -> Mapping[str, Any]: ...


def run_worker(settings: Settings, moderator: PolicyJudge) -> int:
    """Judges requests until SIGTERM or SIGINT; the exit code: 0 after a stop that was asked for, 1 after a fault.

    Ends within the drain timeout and 5 seconds, whether the brokers are there or not. Raises StreamwardError where the
    door's port is taken or a certificate cannot be used.
    """
    set_up_logging(settings.log_format, settings.log_level)
    return asyncio.run(_Run(settings, moderator).run())


class _Run:
    """One run, from start to end."""

    def __init__(self, settings: Settings, moderator: PolicyJudge) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.health = Health()
        self.fault: BaseException | None = None
        self.stop = asyncio.Event()
        packs: Sequence[Mapping[str, str]] = moderator.policy_object["packs"]
        self.metrics.state_policy(packs, moderator.digest)
        self.moderator = moderator

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        app = create_app(self.settings, self.moderator, self.metrics, self.health, self._failed)
        doors = Doors(self.metrics, self.health, self.moderator.policy_object, lambda: app.intake.alive)
        await doors.open(self.settings.http_host, self.settings.http_port)
        log.info("worker starts", extra={"digest": self.moderator.digest, "brokers": self.settings.brokers})
        try:
            app.outlet.start()
            # Faust counts itself started when the group has given it partitions, which may take for ever.
            starting, watching = asyncio.create_task(self._start(app)), asyncio.create_task(self._watch(app))
            await self.stop.wait()
            watching.cancel()
            code = await self._end(app)
            starting.cancel()
            return code
        finally:
            await doors.close()

    async def _start(self, app: StreamwardApp) -> None:
        try:
            await app.start()
            _calm_collector()
        except Exception as error:
            log.exception("the application did not start")
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.fault = error
        self.stop.set()

    async def _watch(self, app: StreamwardApp) -> None:
        """Ends the run when a part of it has ended by itself; measures how late the loop is by the way."""
        while app.intake.alive and app.crash_reason is None and not app.should_stop:
            due = time.monotonic() + WATCH_SECONDS
            await asyncio.sleep(WATCH_SECONDS)
            self.metrics.loop_delay_seconds.observe_all((max(0.0, time.monotonic() - due),))
        self._failed(app.crash_reason or RuntimeError("a part of the worker ended"))

    async def _end(self, app: StreamwardApp) -> int:
        started = time.monotonic()
        self.health.trouble("stopping", "the worker is stopping")
        drained = self.fault is None and await app.keeper.drain(float(self.settings.drain_timeout))
        app.keeper.leave()
        left = await app.intake.stop(LEAVE_SECONDS)
        await app.outlet.stop()
        try:
            await asyncio.wait_for(app.stop(), SERVICES_SECONDS)
        except TimeoutError:
            log.debug("services were still stopping")
        seconds = round(time.monotonic() - started, 3)
        log.info("worker ends", extra={"drained": drained, "left_group": left, "seconds": seconds})
        if self.fault is not None:
            log.error("the worker failed", extra={"fault": type(self.fault).__name__})
            return 1
        return 0


def _calm_collector() -> None:
    """What was loaded stays, so no later collection has to look at it; and what is young is looked at less often.

    It bought 13 % of the rate where nothing is judged.
    """
    gc.collect()
    gc.set_threshold(COLLECT_EVERY, 20, 50)
    gc.freeze()
