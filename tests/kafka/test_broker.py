"""The broker of the tests keeps what it acknowledged, through a stop and through a kill."""

from collections.abc import Callable

import pytest

from tests.kafka.broker import Broker
from tests.kafka.clients import Sent, count, read, send
from tests.kafka.conftest import MakeTopic

ENDINGS: dict[str, Callable[[Broker], None]] = {"stopped": Broker.stop, "killed": Broker.kill}


@pytest.mark.parametrize("ending", ENDINGS)
def test_acknowledged_records_outlive_the_broker(kafka: Broker, topic: MakeTopic, ending: str) -> None:
    name = topic("requests", partitions=2)
    records = [Sent(b"value %d" % n, key=b"tenant %d" % (n % 5), headers=(("n", b"%d" % n),)) for n in range(20)]
    send(kafka.brokers, name, records)

    ENDINGS[ending](kafka)
    kafka.start()

    seen = read(kafka.brokers, name)
    assert count(kafka.brokers, name) == 20
    assert {(each.value, each.key, each.headers) for each in seen} == {(r.value, r.key, r.headers) for r in records}
