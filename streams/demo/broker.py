"""A Kafka broker inside this process, for the demo and the flow tests: the mock cluster that comes with librdkafka.

It speaks the real protocol to real clients, keeps 5 MB a partition in memory, and forgets everything when it ends.
Reached through librdkafka's C functions rather than the `test.mock.num.brokers` setting, because only they let a topic
have eight partitions, as on a real cluster, and a group form at once instead of after three seconds.
"""

import ctypes
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from confluent_kafka import cimpl

PARTITIONS = 8
_PRODUCER = 0
_ERROR_TEXT = 512


def _librdkafka() -> ctypes.CDLL:
    """The library that the confluent-kafka wheel brings, found through the extension that is linked with it."""
    library = ctypes.CDLL(cimpl.__file__)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("rd_kafka_new", pointer, [number, pointer, text, ctypes.c_size_t]),
        ("rd_kafka_destroy", None, [pointer]),
        ("rd_kafka_conf_new", pointer, []),
        ("rd_kafka_conf_set", number, [pointer, text, text, text, ctypes.c_size_t]),
        ("rd_kafka_mock_cluster_new", pointer, [pointer, number]),
        ("rd_kafka_mock_cluster_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_bootstraps", text, [pointer]),
        ("rd_kafka_mock_topic_create", number, [pointer, text, number, number]),
        ("rd_kafka_mock_group_initial_rebalance_delay_ms", None, [pointer, ctypes.c_int32]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class EmbeddedBroker:
    """A cluster of one broker with these topics, reachable at `brokers` on loopback, for as long as the block lasts."""

    brokers: str

    def __init__(self, topics: Iterable[str], partitions: int = PARTITIONS) -> None:
        self._library = _librdkafka()
        error = ctypes.create_string_buffer(_ERROR_TEXT)
        configuration = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(configuration, b"log_level", b"0", error, _ERROR_TEXT)
        self._client = self._library.rd_kafka_new(_PRODUCER, configuration, error, _ERROR_TEXT)
        if not self._client:
            raise OSError(error.value.decode())
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            self._library.rd_kafka_destroy(self._client)
            raise OSError("the embedded broker cannot listen on loopback")
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.brokers = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        for topic in topics:
            self.create_topic(topic, partitions)

    def create_topic(self, name: str, partitions: int = PARTITIONS) -> None:
        """Creates a topic; nothing happens where it is there already."""
        self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)

    def close(self) -> None:
        """Ends the broker; everything in it is gone."""
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
            self._library.rd_kafka_destroy(self._client)
            self._cluster = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
