"""The embedded broker with faults that a test can make, and a gateway that sends to it without end."""

import ctypes
import threading
from collections.abc import Iterator
from time import monotonic, time
from typing import Self

import orjson
from confluent_kafka import KafkaException, Producer

from streams.demo.broker import EmbeddedBroker
from streams.demo.traffic import sample_lines

TOPICS = ("moderation.requests", "moderation.decisions", "moderation.rejects")
PRODUCE, COMMIT = 0, 8  # the numbers of these requests in Kafka's protocol
NOT_AUTHORISED = {PRODUCE: 29, COMMIT: 30}  # and of what the broker answers: no right to the topic, to the group


class FaultyBroker(EmbeddedBroker):
    """The embedded broker, able to refuse requests."""

    def refuse(self, request: int, times: int) -> None:
        """Refuses the next requests of this kind, as many as said, for want of rights."""
        errors = (ctypes.c_int * times)(*[NOT_AUTHORISED[request]] * times)
        push = self._library.rd_kafka_mock_push_request_errors_array
        push.restype, push.argtypes = None, [ctypes.c_void_p, ctypes.c_int16, ctypes.c_size_t, ctypes.c_void_p]
        push(self._cluster, request, times, errors)

    def relent(self, request: int) -> None:
        """Takes requests of this kind again."""
        clear = self._library.rd_kafka_mock_clear_request_errors
        clear.restype, clear.argtypes = None, [ctypes.c_void_p, ctypes.c_int16]
        clear(self._cluster, request)


class Traffic:
    """Sends requests of the demo's mix at a rate that may be changed, from a thread, until the block ends."""

    def __init__(self, brokers: str, rate: float) -> None:
        self.rate = rate
        self.nonsense = 0.0  # this share of what is sent is no event
        self.sent = 0
        self._extra = 0
        self.age = 0.0  # seconds that records are older than now
        self._producer = Producer({"bootstrap.servers": brokers, "log_level": 0, "linger.ms": 20})
        self._lines = requests()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)

    def burst(self, count: int) -> None:
        """Sends that many as fast as it can, beside what the rate asks for."""
        self._extra += count

    def has_sent(self, count: float) -> bool:
        return self.sent > count

    def _run(self) -> None:
        due, last = 0.0, monotonic()
        while not self._end.wait(0.05):
            now = monotonic()
            extra, self._extra = self._extra, 0
            due, last = due + extra + (now - last) * self.rate, now
            while due >= 1:
                self._send(self.sent)
                self.sent += 1
                due -= 1

    def _send(self, number: int) -> None:
        line = next(self._lines)
        if self.nonsense and number % 100 < self.nonsense * 100:
            line = b"neither JSON nor an event"
        while not self._end.is_set():
            try:
                written = int((time() - self.age) * 1000)
                self._producer.produce(TOPICS[0], line, f"tenant-{number % 23}", timestamp=written)
                break
            except (BufferError, KafkaException):  # full, or refused like the workers
                self._producer.poll(0.1)
        self._producer.poll(0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()
        self._producer.flush(10.0)


def requests() -> Iterator[bytes]:
    """The demo's requests, every twentieth with a score of the service's own filter that is worth a flag."""
    for number, line in enumerate(sample_lines()):
        if number % 20:
            yield line
            continue
        event = orjson.loads(line)
        event["data"]["signals"] = {"content_filter": {"violence": {"severity": "low", "filtered": False}}}
        yield orjson.dumps(event)
