"""Every record leaves exactly one outcome, and no offset is committed before it: on a real Kafka, with real faults."""

from collections.abc import Iterator
from time import monotonic

import orjson
import pytest
from kafka import KafkaProducer

from tests.kafka.broker import Broker
from tests.kafka.clients import Sent, read
from tests.kafka.conftest import MakeTopic
from tests.kafka.moderated import PLAIN, POISON, QUESTION, Moderated, request, requests
from tests.waiting import until
from tests.workers import StartWorker


@pytest.fixture
def moderated(kafka: Broker, topic: MakeTopic, start_worker: StartWorker) -> Iterator[Moderated]:
    yield Moderated(kafka, topic, start_worker)
    if not kafka.running:
        kafka.start()


def test_both_content_modes_are_decided(moderated: Moderated) -> None:
    data = orjson.dumps({"tenant": "t-2", "service": PLAIN, "body": QUESTION})
    envelope = {"specversion": "1.0", "id": "binary", "source": "/tests", "type": "moderation.request.v1"}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in envelope.items())
    trace = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    moderated.send([request("structured"), Sent(data, b"t-2", (*headers, trace))])
    moderated.worker()

    seen = read(moderated.kafka.brokers, moderated.decisions, count=2)
    by_id = {orjson.loads(each.value or b"")["subject"]: each for each in seen}
    assert by_id.keys() == {"structured", "binary"}
    binary = by_id["binary"]
    assert binary.key == b"t-2"
    assert binary.header("verdict") == b"allow"
    assert binary.header("request-id") == b"binary"
    assert dict([trace]).items() <= dict(binary.headers).items()
    # No `time` was sent, so the record's own timestamp is the time of the request.
    assert orjson.loads(binary.value or b"")["data"]["request"]["time"]


def test_poison_between_good_records_leaves_as_it_came(moderated: Moderated) -> None:
    own = (("mine", b"\xff\x00"), ("none", None))
    poison = [Sent(value, b"t-1", own) for value in (*POISON, b"", None)]
    good = requests(0, 12)
    moderated.send([record for pair in zip(good, poison, strict=True) for record in pair])
    worker = moderated.worker().ready()
    moderated.wait_until_committed(24)

    assert moderated.decisions_by_id() == {f"r-{n}": 1 for n in range(12)}
    rejected = moderated.rejected()
    assert sorted(each.value or b"" for each in rejected) == sorted((*POISON, b"", b""))
    assert {each.headers[:2] for each in rejected} == {own}
    assert {each.header("error-code") for each in rejected} == {b"not_json", b"empty"}
    assert {each.header("origin-topic") for each in rejected} == {moderated.requests.encode()}
    assert 'streamward_rejects_total{code="empty"} 2.0' in worker.get("/metrics")[1]


class BadName(str):
    """A header name as no client of ours would write it."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


def test_a_header_name_that_is_no_text_harms_nobody(moderated: Moderated) -> None:
    worker = moderated.worker().ready()
    producer = KafkaProducer(bootstrap_servers=moderated.kafka.brokers)
    for value in (request("named-badly").value, b"poison"):
        producer.send(moderated.requests, value=value, key=b"t-1", headers=[(BadName("x"), b"1")]).get(30)
    producer.close()
    moderated.send([request("after")])
    moderated.wait_until_committed(3)
    assert moderated.decisions_by_id().keys() == {"named-badly", "after"}
    assert [each.value for each in moderated.rejected()] == [b"poison"]
    assert worker.running


def test_a_killed_worker_is_followed_by_another(moderated: Moderated) -> None:
    first = moderated.worker().ready()
    moderated.send(requests(0, 3000))
    until(lambda: moderated.decided() > 300, "the first decisions")
    first.kill()
    moderated.send(requests(3000, 3500))
    moderated.worker()
    moderated.wait_until_committed(3500)
    assert moderated.decisions_by_id().keys() == {f"r-{n}" for n in range(3500)}


def test_a_frozen_worker_loses_its_partitions_and_does_no_harm(moderated: Moderated) -> None:
    frozen = moderated.worker().ready()
    other = moderated.worker().ready()
    moderated.send(requests(0, 500))
    moderated.wait_until_committed(500)
    frozen.freeze()
    moderated.send(requests(500, 1000))
    moderated.wait_until_committed(1000)
    frozen.thaw()
    until(lambda: "no longer counts this worker" in frozen.log_text(), "the end of its membership")
    frozen.ready()
    moderated.send(requests(1000, 1500))
    moderated.wait_until_committed(1500)
    assert moderated.decisions_by_id().keys() == {f"r-{n}" for n in range(1500)}
    assert other.running


def test_work_goes_on_after_a_restart_of_the_broker(moderated: Moderated) -> None:
    worker = moderated.worker().ready()
    moderated.send(requests(0, 500))
    until(lambda: moderated.decided() >= 500, "the first decisions")
    moderated.kafka.restart()
    began = monotonic()
    moderated.send(requests(500, 1000))
    moderated.wait_until_committed(1000)
    assert monotonic() - began < 20
    assert moderated.decisions_by_id().keys() == {f"r-{n}" for n in range(1000)}
    assert worker.ready().running


def test_nothing_is_committed_before_it_is_decided(moderated: Moderated) -> None:
    moderated.send(requests(0, 6000))
    moderated.worker()
    samples = 0
    while (known := sum(moderated.committed().values())) < 6000:
        # Asked in this order, what was committed can only have been decided before.
        assert moderated.decided() >= known
        samples += 1
    assert samples


def test_a_worker_that_is_told_to_stop_finishes_and_commits(moderated: Moderated) -> None:
    worker = moderated.worker().ready()
    moderated.send(requests(0, 4000))
    until(lambda: moderated.decided() > 200, "the first decisions")
    assert worker.stop(within=15.0) == 0
    decided = moderated.decided()
    assert sum(moderated.committed().values()) == decided
    moderated.worker()
    moderated.wait_until_committed(4000)
    assert set(moderated.decisions_by_id().values()) == {1}


def test_joining_and_leaving_in_good_order_decides_nothing_twice(moderated: Moderated) -> None:
    first = moderated.worker().ready()
    moderated.send(requests(0, 2000))
    second = moderated.worker().ready()
    moderated.send(requests(2000, 4000))
    until(lambda: moderated.decided() > 2500, "decisions of both")
    assert first.stop(within=15.0) == 0
    moderated.wait_until_committed(4000)
    assert moderated.decisions_by_id() == {f"r-{n}": 1 for n in range(4000)}
    assert second.running


def test_a_worker_whose_broker_is_gone_stops_in_time(moderated: Moderated) -> None:
    worker = moderated.worker(DRAIN_TIMEOUT=2).ready()
    moderated.send(requests(0, 200))
    until(lambda: moderated.decided() >= 200, "the decisions")
    moderated.kafka.stop()
    until(lambda: worker.get("/readyz")[0] == 503, "an unready worker")
    assert worker.stop(within=7.0) == 0
