"""What a worker does when outcomes are not taken: it holds, says so, loses nothing, and goes on when it may."""

from hashlib import sha256
from random import Random
from uuid import uuid4

import pytest
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewTopic

from tests.kafka.broker import Broker
from tests.kafka.clients import Sent, read
from tests.kafka.conftest import MakeTopic
from tests.kafka.moderated import Moderated, request, requests
from tests.waiting import until
from tests.workers import StartWorker, Worker


@pytest.fixture
def moderated(kafka: Broker, topic: MakeTopic, start_worker: StartWorker) -> Moderated:
    return Moderated(kafka, topic, start_worker)


def says(worker: Worker, words: str) -> bool:
    """Whether the worker is unready and gives this reason."""
    status, text = worker.get("/readyz")
    return status == 503 and words in text


def allow_bytes(kafka: Broker, topic: str, size: int) -> None:
    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = kafka.admin()
    admin.incremental_alter_configs([resource])[resource].result(20.0)


def test_decisions_that_are_refused_are_kept_and_sent_when_they_may_be(moderated: Moderated) -> None:
    allow_bytes(moderated.kafka, moderated.decisions, 300)
    worker = moderated.worker().ready()
    moderated.send(requests(0, 300))
    until(lambda: says(worker, f"{moderated.decisions} does not take an outcome"), "the reason")
    assert moderated.committed() == {}
    assert moderated.decided() == 0

    allow_bytes(moderated.kafka, moderated.decisions, 2_097_152)
    moderated.wait_until_committed(300)
    assert moderated.decisions_by_id().keys() == {f"r-{n}" for n in range(300)}
    worker.ready()
    assert "streamward_produce_errors_total 0.0" not in worker.get("/metrics")[1]


def test_a_reject_too_large_for_its_topic_leaves_without_its_value(
    kafka: Broker, topic: MakeTopic, start_worker: StartWorker
) -> None:
    moderated = Moderated(kafka, topic, start_worker, {"max_message_bytes": "20000"})
    noise = Random(1)  # what compresses well would fit after all
    large, own = noise.randbytes(60_000), (("mine", b"1"),)
    wide = (("wide", noise.randbytes(60_000)),)
    moderated.send([request("a"), Sent(large, b"t-1", own), Sent(large, b"t-1", wide), request("b")])
    moderated.worker()
    moderated.wait_until_committed(4)

    assert moderated.decisions_by_id().keys() == {"a", "b"}
    narrow, without = moderated.rejected()
    for each in (narrow, without):
        assert each.value in (None, b"")
        assert each.header("value-bytes") == b"60000"
        assert each.header("value-sha256") == sha256(large).hexdigest().encode()
        assert each.header("error-code") == b"not_json"
    assert narrow.headers[:1] == own
    assert without.header("wide") is None


def test_a_missing_topic_is_waited_for(kafka: Broker, topic: MakeTopic, start_worker: StartWorker) -> None:
    moderated = Moderated(kafka, topic, start_worker)
    moderated.decisions = f"late-{uuid4().hex[:8]}"
    moderated.send([request("early")])
    worker = moderated.worker()
    until(lambda: says(worker, f"topic missing: {moderated.decisions}"), "the reason")
    assert moderated.decisions not in kafka.admin().list_topics(timeout=10.0).topics

    admin = kafka.admin()
    admin.create_topics([NewTopic(moderated.decisions, 4, 1)])[moderated.decisions].result(30.0)
    worker.ready()
    moderated.wait_until_committed(1)
    assert moderated.decisions_by_id() == {"early": 1}


def test_many_rejects_make_a_worker_unready_and_never_make_it_drop(moderated: Moderated) -> None:
    worker = moderated.worker(REJECT_LIMIT="0.2").ready()
    moderated.send(Sent(b"%d {" % n, b"t-1") for n in range(400))
    until(lambda: says(worker, "rejects; the limit is 0.2"), "the reason")
    moderated.send(requests(0, 1000))
    worker.ready()
    moderated.wait_until_committed(1400)
    assert len(read(moderated.kafka.brokers, moderated.rejects)) == 400
