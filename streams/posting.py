"""Requests onto the requests topic, as a gateway sends them: for `streamward send` and the demo."""

from collections import Counter
from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any, NamedTuple

import orjson
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Delivered

from streams.errors import StreamwardError
from streams.lines import REQUEST_TYPE, digest_of, envelope_headers, is_bare, parsed_line
from streams.settings import Settings
from streams.transport.security import librdkafka_security

STRUCTURED = "application/cloudevents+json"
CONNECT_SECONDS = 8.0
FIRST_TRY_SECONDS = 1.0
# What librdkafka reports of a broker that waiting will not mend.
LASTING = {"_AUTHENTICATION", "_SSL", "_RESOLVE"}
DELIVER_SECONDS = 30.0
LARGEST_BYTES = 4 * 1024 * 1024


class Message(NamedTuple):
    """What is sent for one line. `identity` is the request's id, None where the line has none."""

    value: bytes
    key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    identity: str | None


def message_of(line: bytes, source: str, binary: bool = False) -> Message | None:
    """The message that a line stands for; None where it is no JSON object. Bare data gets an envelope."""
    if is_bare(line):
        return _bare_message(line, source, binary)
    event = parsed_line(line)
    if not isinstance(event, dict):
        return None
    key, identity = tenant_of(event.get("data")), event.get("id")
    if binary and isinstance(event.get("data"), dict):
        return Message(orjson.dumps(event["data"]), key, _attributes(event), identity)
    return Message(line, key, [("content-type", STRUCTURED.encode())], identity)


def _bare_message(line: bytes, source: str, binary: bool) -> Message | None:
    data = parsed_line(line)
    if not isinstance(data, dict):
        return None
    identity = digest_of(line)
    if binary:
        return Message(line, tenant_of(data), envelope_headers(identity, source), identity)
    envelope = {"specversion": "1.0", "id": identity, "source": source, "type": REQUEST_TYPE}
    value = orjson.dumps(envelope)[:-1] + b',"data":' + line + b"}"
    return Message(value, tenant_of(data), [("content-type", STRUCTURED.encode())], identity)


def _attributes(event: dict[str, Any]) -> list[tuple[str, bytes | None]]:
    """The envelope of an event as headers of binary mode."""
    named = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
    content = str(event.get("datacontenttype", "application/json"))
    texts = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in named.items()}
    return [("content-type", content.encode()), *((name, text.encode()) for name, text in texts.items())]


def tenant_of(data: Any) -> bytes | None:
    """The key of a request's record."""
    tenant = data.get("tenant") if isinstance(data, dict) else None
    return tenant.encode("utf-8", "replace") if isinstance(tenant, str) else None


class Poster:
    """Sends messages and counts what became of them: `acknowledged`, and `failed` by the broker's reason."""

    def __init__(self, settings: Settings) -> None:
        self._topic = settings.topic_requests
        self._settings = settings
        self._troubles: list[KafkaError] = []
        self.acknowledged = 0
        self.failed: Counter[str] = Counter()
        self._producer = Producer(
            {
                "bootstrap.servers": settings.brokers,
                "client.id": settings.app_id,
                "acks": "all",
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "message.max.bytes": LARGEST_BYTES,
                "message.timeout.ms": int(DELIVER_SECONDS * 1000),
                "queue.buffering.max.kbytes": 65_536,
                "log_level": 0,
                **librdkafka_security(settings),
            },
            error_cb=self._troubles.append,
        )

    def connect(self) -> None:
        """Raises StreamwardError where no broker answers within eight seconds, or the topic is not there."""
        if self._topic not in self._topics():
            raise StreamwardError(f"There is no topic {self._topic}.", "Run `streamward topics create`.")

    def _topics(self) -> Collection[str]:
        for patience in (FIRST_TRY_SECONDS, CONNECT_SECONDS - FIRST_TRY_SECONDS):
            try:
                return set(self._producer.list_topics(timeout=patience).topics)
            except KafkaException:
                self._producer.poll(0)
                if {trouble.name() for trouble in self._troubles} & LASTING and "," not in self._settings.brokers:
                    break
        raise unreachable(self._settings, self._troubles)

    def post(self, message: Message) -> None:
        """Queues a message; waits where the queue is full."""
        end = monotonic() + DELIVER_SECONDS
        while True:
            try:
                self._producer.produce(
                    self._topic,
                    message.value,
                    message.key,
                    headers=list(message.headers),
                    on_delivery=self._delivered,
                )
            except BufferError:
                if monotonic() > end:
                    raise StreamwardError("The broker takes nothing any more.", "Look into its log.") from None
                self._producer.poll(0.1)
            except KafkaException as error:
                self.failed[error.args[0].str()] += 1
                return
            else:
                self._producer.poll(0)
                return

    def _delivered(self, error: KafkaError | None, _: Delivered) -> None:
        if error is None:
            self.acknowledged += 1
        else:
            self.failed[error.str()] += 1

    def waiting(self) -> int:
        """How many messages have no answer yet; takes the answers that are there."""
        self._producer.poll(0)
        return len(self._producer)

    def finish(self, seconds: float = DELIVER_SECONDS) -> None:
        """Waits for the answers; what has none by then counts as failed."""
        left = self._producer.flush(seconds)
        if left:
            self.failed["no answer"] += left
            self._producer.purge()


def unreachable(settings: Settings, troubles: list[KafkaError]) -> StreamwardError:
    """Why no broker could be reached, from what librdkafka reported."""
    names = {error.name() for error in troubles}
    said = " ".join(error.str() for error in troubles)
    where = settings.brokers
    if "_AUTHENTICATION" in names:
        return StreamwardError(
            f"The broker at {where} refuses the user or the password.",
            "Check STREAMWARD_SASL_USERNAME, STREAMWARD_SASL_PASSWORD and STREAMWARD_SASL_MECHANISM.",
        )
    if "_SSL" in names:
        return StreamwardError(
            f"The TLS connection to {where} fails: {said[:200]}",
            "Check STREAMWARD_TLS_CA_FILE, the broker's certificate and STREAMWARD_SECURITY_PROTOCOL.",
        )
    if "_RESOLVE" in names:
        return StreamwardError(
            f"There is no such host: {where}.", "Correct the name in --brokers or STREAMWARD_BROKERS."
        )
    return StreamwardError(
        f"No Kafka broker answers at {where}.",
        "Start one there, or name another with --brokers or STREAMWARD_BROKERS.",
    )
