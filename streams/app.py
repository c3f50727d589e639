"""The wiring: settings and moderator in, a Faust application out. The only file that names topics."""

from collections.abc import Callable
from typing import Any

import faust
from faust.types import EventT, Message
from yarl import URL

from streams.agents import Desk, Destinations, Judge, RejectWatch, moderation_agent
from streams.metrics import Metrics
from streams.settings import Settings
from streams.transport.consumer import BatchTransport
from streams.transport.health import Health
from streams.transport.intake import Intake
from streams.transport.keeper import Keeper
from streams.transport.ledger import Window
from streams.transport.outlet import Outlet
from streams.transport.security import faust_credentials, librdkafka_security

WINDOW_RECORDS = 4_000
WINDOW_BYTES = 16_000_000
QUEUE_KILOBYTES = 8_192
MESSAGE_BYTES = 2_097_152 + 65_536


class StreamwardApp(faust.App):
    """A Faust application on the batch road. `intake`, `keeper` and `outlet` are what the worker starts and stops."""

    mundane_level = "debug"
    intake: Intake
    keeper: Keeper
    outlet: Outlet

    def _new_transport(self) -> BatchTransport:
        transport = BatchTransport([URL(url) for url in self.conf.broker_consumer], self)
        transport.keeper = self.keeper
        return transport

    def _create_directories(self) -> None:
        """None are needed: there are no tables, and the file system may be read-only."""

    async def _producer_flush(self, logger: Any) -> None:
        """Nothing: the outlet is drained before."""


class BatchSchema(faust.Schema):  # type: ignore[type-arg]  # generic for its checker, not at run time
    """A batch is its own decoded form: decoding is the moderator's work."""

    def compile(self, app: Any, **options: Any) -> Callable[..., Any]:
        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:
            return app.create_event(None, message.value, None, message)  # type: ignore[no-any-return]

        return decode


def create_app(
    settings: Settings,
    judge: Judge,
    metrics: Metrics,
    health: Health,
    fault: Callable[[BaseException], None] = lambda error: None,
) -> StreamwardApp:
    """The application that judges the topic of requests. It is not started, and no broker needs to be there yet.

    Raises StreamwardError where a certificate cannot be used. `fault` is called when the program itself fails.
    """
    destinations = Destinations(settings.topic_decisions, settings.topic_rejects)
    app = StreamwardApp(
        settings.app_id,
        broker=[f"kafka://{broker}" for broker in settings.brokers.split(",")],
        broker_client_id=settings.app_id,
        broker_credentials=faust_credentials(settings),
        broker_session_timeout=float(settings.session_timeout),
        consumer_group_instance_id=settings.group_instance_id or "",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
        stream_wait_empty=False,
        stream_buffer_maxsize=64,
    )
    window = Window(WINDOW_RECORDS, WINDOW_BYTES)
    topics = [settings.topic_requests, *destinations]
    app.intake = Intake(consumer_config(settings), topics, window, health)
    app.keeper = Keeper(app.intake, window, metrics, health)
    app.outlet = Outlet(producer_config(settings), metrics, health)
    watch = RejectWatch(settings.reject_limit, health)
    desk = Desk(judge, app.outlet, destinations, metrics, watch, app.keeper.settle)
    requests = app.topic(settings.topic_requests, schema=BatchSchema())
    app.agent(requests, name="moderate")(moderation_agent(desk, fault))
    return app


def consumer_config(settings: Settings) -> dict[str, Any]:
    """What librdkafka's consumer is told."""
    config = librdkafka_security(settings) | {
        "bootstrap.servers": settings.brokers,
        "client.id": settings.app_id,
        "group.id": settings.app_id,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "allow.auto.create.topics": False,
        # Only the partitions that move are given up when a worker joins or leaves; the rest go on.
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": settings.session_timeout * 1000,
        "heartbeat.interval.ms": max(250, min(1000, settings.session_timeout * 1000 // 3)),
        "topic.metadata.refresh.interval.ms": 30_000,
        "fetch.wait.max.ms": 250,
        # The bounds of what librdkafka may hold, looked at again at once when it has drained. Fetches are small because
        # they are compressed: how much they hold unpacked nobody can bound before.
        "fetch.queue.backoff.ms": 5,
        "queued.max.messages.kbytes": QUEUE_KILOBYTES,
        "fetch.max.bytes": 2_097_152,
        "max.partition.fetch.bytes": 262_144,
        "reconnect.backoff.max.ms": 2_000,
        "broker.address.ttl": 1_000,
    }
    if settings.group_instance_id:
        config["group.instance.id"] = settings.group_instance_id
    return config


def producer_config(settings: Settings) -> dict[str, Any]:
    """What librdkafka's producer is told: idempotent, in order, acknowledged by all, for as long as it takes."""
    return librdkafka_security(settings) | {
        "bootstrap.servers": settings.brokers,
        "client.id": settings.app_id,
        "enable.idempotence": True,
        "acks": "all",
        "max.in.flight.requests.per.connection": 5,
        # No timeout: an outcome is tried until the broker takes it or refuses it for good. What waits is bounded.
        "message.timeout.ms": 0,
        # Java's partitioner, so that gateways written on it find a tenant's decisions where they expect them.
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        # Two milliseconds fill the requests of a busy worker, and are half of what an idle one takes for an outcome.
        "linger.ms": 2,
        "message.max.bytes": MESSAGE_BYTES,
        "queue.buffering.max.kbytes": 65_536,
        "queue.buffering.max.messages": 100_000,
        "reconnect.backoff.max.ms": 2_000,
        "broker.address.ttl": 1_000,
    }
