"""The worker's doors: GET /metrics, /livez, /readyz and /policy, and nothing else."""

import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry, exposition
from prometheus_client.openmetrics import exposition as openmetrics

from streams.errors import StreamwardError
from streams.metrics import Metrics
from streams.transport.health import Health

log = logging.getLogger(__name__)

Answer = Callable[[web.Request], Awaitable[web.Response]]


class Doors:
    """The HTTP side of one worker. `alive` says whether the program still turns; the policy is answered as it is."""

    def __init__(self, metrics: Metrics, health: Health, policy: Mapping[str, Any], alive: Callable[[], bool]) -> None:
        self._metrics = metrics
        self._health = health
        self._policy = orjson.dumps(policy)
        self._alive = alive
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Listens; port 0 takes a free one. Raises StreamwardError where the port is taken or the host is not here."""
        app = web.Application(client_max_size=1024)
        app.add_routes(
            [
                web.get("/metrics", self._read_metrics, allow_head=False),
                web.get("/livez", self._live, allow_head=False),
                web.get("/readyz", self._ready, allow_head=False),
                web.get("/policy", self._tell_policy, allow_head=False),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=15, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as fault:
            await self.close()
            raise StreamwardError(
                f"the worker's door cannot listen on {host}:{port} ({_why(fault)})",
                "Give another STREAMWARD_HTTP_PORT, 0 for any free one, or another STREAMWARD_HTTP_HOST.",
            ) from fault
        self.port = self._runner.addresses[0][1]
        log.info("doors open", extra={"host": host, "port": self.port})

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _read_metrics(self, request: web.Request) -> web.Response:
        self._metrics.ready.set(float(self._health.ready))
        if "application/openmetrics-text" in request.headers.get("Accept", ""):
            write: Callable[[CollectorRegistry], bytes] = openmetrics.generate_latest
            kind = openmetrics.CONTENT_TYPE_LATEST
        else:
            write, kind = exposition.generate_latest, exposition.CONTENT_TYPE_LATEST
        return web.Response(body=write(self._metrics.registry), headers={"Content-Type": kind})

    async def _live(self, request: web.Request) -> web.Response:
        return web.Response(text="alive\n") if self._alive() else web.Response(text="stopped\n", status=503)

    async def _ready(self, request: web.Request) -> web.Response:
        reasons = self._health.reasons()
        if not reasons:
            return web.Response(text="ready\n")
        return web.Response(text="".join(f"{reason}\n" for reason in reasons.values()), status=503)

    async def _tell_policy(self, request: web.Request) -> web.Response:
        return web.Response(body=self._policy, content_type="application/json")


def _why(fault: OSError) -> str:
    return os.strerror(fault.errno).lower() if fault.errno else str(fault)
