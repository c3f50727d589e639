"""`streamward topics` on a real cluster: created once, checked, and how far behind the workers are."""

import json
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType

from tests.flow.commands import ORDINARY, Ended, event, streamward
from tests.kafka.broker import Broker

Names = dict[str, str]


@pytest.fixture
def names(kafka: Broker) -> Names:
    """Settings for topics and a group that nobody has used yet."""
    fresh = {name: f"{name}-{uuid4().hex[:8]}" for name in ("topic_requests", "topic_decisions", "topic_rejects")}
    return {"brokers": kafka.brokers, "app_id": f"judge-{uuid4().hex[:8]}", **fresh}


def topics(names: Names, *arguments: str) -> Ended:
    return streamward("topics", *arguments, environ=names)


def test_what_is_missing_is_created_and_what_is_there_is_left_alone(names: Names) -> None:
    before = topics(names, "check", "--json")
    assert (before.code, [row["problem"] for row in json.loads(before.out)]) == (1, ["does not exist"] * 3)
    for state in ("created", "was there"):
        made = topics(names, "create", "--json")
        assert made.code == 0
        assert json.loads(made.out) == [
            {"topic": names[name], "state": state, "partitions": 8}
            for name in ("topic_requests", "topic_decisions", "topic_rejects")
        ]
    after = topics(names, "check", "--json")
    assert (after.code, json.loads(after.out)) == (0, [])


def test_outcomes_may_have_two_mebibytes(kafka: Broker, names: Names) -> None:
    assert topics(names, "create", "--partitions", "2").code == 0
    for name in ("topic_decisions", "topic_rejects"):
        assert config(kafka, names[name], "max.message.bytes") == str(2 * 1024 * 1024)
    assert (
        len(kafka.admin().list_topics(names["topic_requests"], timeout=10).topics[names["topic_requests"]].partitions)
        == 2
    )


def config(kafka: Broker, topic: str, key: str) -> str | None:
    resource = ConfigResource(ResourceType.TOPIC, topic)
    admin = kafka.admin()
    value: str | None = admin.describe_configs([resource])[resource].result(20.0)[key].value
    return value


def alter(kafka: Broker, topic: str, key: str, value: str) -> None:
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = kafka.admin()
    admin.incremental_alter_configs([resource])[resource].result(20.0)


def test_a_dangerous_setting_is_found(kafka: Broker, names: Names) -> None:
    assert topics(names, "create").code == 0
    alter(kafka, names["topic_requests"], "cleanup.policy", "compact")
    alter(kafka, names["topic_decisions"], "max.message.bytes", "1000000")
    checked = topics(names, "check", "--json")
    assert checked.code == 1
    assert [(row["topic"], row["severity"]) for row in json.loads(checked.out)] == [
        (names["topic_requests"], "danger"),
        (names["topic_decisions"], "danger"),
    ]
    assert "compacted" in topics(names, "check").out


def test_more_replicas_than_brokers_are_refused(names: Names) -> None:
    run = topics(names, "create", "--replication", "3")
    assert run.refused()
    assert "the cluster has 1" in run.err


def test_lag_is_what_has_no_outcome_yet(kafka: Broker, names: Names) -> None:
    assert topics(names, "create", "--partitions", "2").code == 0
    lines = "\n".join(event(f"r-{number}", ORDINARY.replace("t-2", f"t-{number}")) for number in range(20))
    assert streamward("send", "-", stdin=lines, environ=names).code == 0
    told = json.loads(topics(names, "lag", "--json").out)
    assert (told["lag"], told["topic"], told["group"]) == (20, names["topic_requests"], names["app_id"])
    assert [row["committed"] for row in told["partitions"]] == [None, None]
    first = told["partitions"][0]
    commit(kafka, names, first["partition"], first["end"])
    again = json.loads(topics(names, "lag", "--json").out)
    assert again["lag"] == 20 - first["lag"]
    assert again["partitions"][0] == {**first, "committed": first["end"], "lag": 0}


def commit(kafka: Broker, names: Names, partition: int, offset: int) -> None:
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": names["app_id"]})
    consumer.commit(offsets=[TopicPartition(names["topic_requests"], partition, offset)], asynchronous=False)
    consumer.close()


def test_the_rights_are_listed_without_a_broker() -> None:
    run = topics({"brokers": "kafka.invalid:9092"}, "create", "--print-acls", "--json")
    assert run.code == 0
    assert {(row["resource"], row["operation"]) for row in json.loads(run.out)} == {
        ("topic", "READ"),
        ("topic", "WRITE"),
        ("group", "READ"),
    }


def test_what_speaks_another_protocol_is_told_as_such(kafka: Broker, names: Names) -> None:
    run = topics({**names, "security_protocol": "SSL"}, "check")
    assert run.refused()
    assert "STREAMWARD_SECURITY_PROTOCOL" in run.err
