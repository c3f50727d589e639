"""The cluster as an operator's commands reach it, through kafka-python, and its faults with their fixes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import AuthorizationError, KafkaConfigurationError, KafkaError, KafkaTimeoutError, RetriableError

from streams.errors import StreamwardError
from streams.settings import Settings
from streams.transport.security import kafka_python_security

Client = TypeVar("Client", KafkaAdminClient, KafkaConsumer)
Answer = TypeVar("Answer")
PATIENCE_MS = 8_000
FIRST_TRY_MS = 700
# librdkafka's mock cluster, under the demo, drops whoever asks for its versions in the newest form.
EMBEDDED_BROKER = {"api_version": (2, 3)}
EMBEDDED_BROKER_SIGN = "Unable to decode response"


class Murmur(logging.Handler):
    """Keeps what kafka-python says in its log while connecting, where alone it says why a connection failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.said) < 100:
            self.said.append(record.getMessage())

    def heard(self, *signs: str) -> bool:
        return any(sign in line for line in self.said for sign in signs)


@contextmanager
def murmur() -> Iterator[Murmur]:
    """Listens to kafka-python's log, and keeps it from the terminal for as long as the process lives."""
    listener, logger = Murmur(), logging.getLogger("kafka")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    logger.addHandler(listener)
    try:
        yield listener
    finally:
        logger.removeHandler(listener)


@contextmanager
def admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    """An admin client of the cluster. Raises StreamwardError where the cluster cannot be reached or refuses."""
    with told_plainly(settings):
        client = connect(KafkaAdminClient, settings)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def consumer(settings: Settings, **options: Any) -> Iterator[KafkaConsumer]:
    """A consumer without a group. Raises as `admin` does."""
    with told_plainly(settings):
        client = connect(KafkaConsumer, settings, **options)
        try:
            yield client
        finally:
            client.close(autocommit=False)


def connect(kind: Callable[..., Client], settings: Settings, **options: Any) -> Client:
    """Connects within ten seconds or says why not; at once where waiting will not help."""
    arguments = {
        "bootstrap_servers": settings.brokers.split(","),
        "client_id": settings.app_id,
        **kafka_python_security(settings),
        **options,
    }
    alone = "," not in settings.brokers
    with murmur() as listener:
        for patience in (FIRST_TRY_MS, PATIENCE_MS - FIRST_TRY_MS):
            version = EMBEDDED_BROKER if listener.heard(EMBEDDED_BROKER_SIGN) else {}
            try:
                return kind(**arguments, **version, bootstrap_timeout_ms=patience)
            except (KafkaTimeoutError, OSError):
                if alone and any(listener.heard(*signs) for signs, _, _ in LASTING_FAULTS):
                    break
    raise unreachable(settings, listener)


def unreachable(settings: Settings, listener: Murmur) -> StreamwardError:
    """Why no connection came about, from what kafka-python murmured."""
    for signs, problem, fix in (*LASTING_FAULTS, ODD_ANSWER):
        if listener.heard(*signs):
            return StreamwardError(problem.format(where=settings.brokers), fix)
    return StreamwardError(
        f"No Kafka broker answers at {settings.brokers}.",
        "Start one there, or name another with --brokers or STREAMWARD_BROKERS.",
    )


# Signs in kafka-python's log, the most telling first; what they stand for does not go away by waiting.
LASTING_FAULTS = (
    (
        ("AuthenticationFailed", "Authentication failed", "SaslAuthenticate failed"),
        "The broker at {where} refuses the user or the password.",
        "Check STREAMWARD_SASL_USERNAME, STREAMWARD_SASL_PASSWORD and STREAMWARD_SASL_MECHANISM.",
    ),
    (
        ("UnsupportedSaslMechanism",),
        "The broker at {where} does not know this SASL mechanism.",
        "Set STREAMWARD_SASL_MECHANISM to one that its listener has.",
    ),
    (
        ("certificate has expired",),
        "The broker at {where} shows a certificate that has expired.",
        "Renew it on the broker.",
    ),
    (
        ("Hostname mismatch", "IP address mismatch"),
        "The broker at {where} shows a certificate for another name.",
        "Use a name that is in the certificate in STREAMWARD_BROKERS.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED",),
        "The broker at {where} shows a certificate of an authority that is not trusted.",
        "Name the authority's PEM file in STREAMWARD_TLS_CA_FILE.",
    ),
    (
        ("DNS Resolution failure", "DNS lookup failed"),
        "There is no such host: {where}.",
        "Correct the name in --brokers or STREAMWARD_BROKERS.",
    ),
)
ODD_ANSWER = (
    ("IllegalSaslState", "Handshake failed", "Request timed out", "Unable to decode response"),
    "What listens at {where} does not answer as expected.",
    "Is it a Kafka broker? STREAMWARD_SECURITY_PROTOCOL must be what its listener speaks.",
)


def patiently(ask: Callable[[], Answer]) -> Answer:
    """The answer to a question that a cluster may put off for a moment, as the first one about groups."""
    end, pause = monotonic() + PATIENCE_MS / 1000, Event()
    while True:
        try:
            return ask()
        except RetriableError:
            if monotonic() > end:
                raise
            pause.wait(0.2)


@contextmanager
def told_plainly(settings: Settings) -> Iterator[None]:
    """Turns what kafka-python raises into an error with its fix."""
    try:
        yield
    except AuthorizationError as error:
        raise StreamwardError(
            f"The cluster does not allow this: {type(error).__name__.removesuffix('Error')}.",
            "Grant the rights; `streamward topics create --print-acls` lists those of a worker.",
        ) from None
    except KafkaConfigurationError as error:
        raise StreamwardError(f"kafka-python refuses its settings: {error}", "Check `streamward config`.") from None
    except KafkaError as error:
        said = getattr(error, "description", "") or str(error)
        raise StreamwardError(
            f"The cluster at {settings.brokers} answered with {type(error).__name__}: {said}",
            "Look into the broker's log, and try again.",
        ) from None
