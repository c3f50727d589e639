"""What librdkafka's errors mean for the worker: a topic that cannot be used, brokers out of reach, and why."""

import logging
import re

from confluent_kafka import KafkaError

from streams.transport.health import Health

log = logging.getLogger(__name__)

_TOPIC_ERRORS = frozenset((KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_AUTHORIZATION_FAILED))
_CAUSES = frozenset(
    (
        KafkaError._AUTHENTICATION,
        KafkaError._SSL,
        KafkaError._TRANSPORT,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError.SASL_AUTHENTICATION_FAILED,
    )
)
# What librdkafka appends to its reasons and what differs each time: "(after 3ms in state CONNECT, 5 identical ...)".
_CHANGING = re.compile(r" \(after .*$")


class Faults:
    """Turns the consumer's errors into reasons. One broker that fails is a cause; that none is left is a reason."""

    def __init__(self, health: Health, brokers: str) -> None:
        self._health = health
        self._brokers = brokers
        self._cause: str | None = None

    @property
    def open(self) -> bool:
        """Whether a probe has to find out if brokers and topics can be used again."""
        return bool({"broker", "topics"} & self._health.reasons().keys())

    def note(self, error: KafkaError) -> None:
        """An error that librdkafka reported by itself; it goes on trying."""
        code = error.code()
        if code in _TOPIC_ERRORS or code == KafkaError._ALL_BROKERS_DOWN or error.fatal():
            self.failed(error)
        elif code in _CAUSES:
            self._cause = _CHANGING.sub("", error.str())
        else:
            log.warning("kafka consumer: %s", error.str())

    def failed(self, error: KafkaError) -> None:
        """An error that kept something from being done."""
        if error.code() in _TOPIC_ERRORS:
            self._health.trouble("topics", f"a topic cannot be read: {error.str()}")
        else:
            cause = self._cause or error.str()
            self._health.trouble("broker", f"no use of the brokers at {self._brokers}: {cause}")

    def missing(self, topics: list[str]) -> None:
        names = ", ".join(topics)
        self._health.trouble("topics", f"topic missing: {names}; `streamward topics create` makes it")

    def reached(self) -> None:
        """The brokers answer."""
        self._cause = None
        self._health.well("broker")
