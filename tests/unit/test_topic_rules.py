"""What is said about topics that are missing or set dangerously."""

from collections.abc import Mapping

import pytest

from streams.cli.topic_rules import Topic, configs_for, findings, rights, topic_names
from streams.settings import load_settings

SETTINGS = load_settings({}, {})
REQUESTS, DECISIONS, REJECTS = topic_names(SETTINGS)


def topics(replication: int = 3, altered: Mapping[str, str] | None = None) -> dict[str, Topic]:
    """The topics as `topics create` makes them; `altered` says of one of them what differs."""
    made = {}
    for name in topic_names(SETTINGS):
        configs = configs_for(name, SETTINGS, replication)
        change = (altered or {}).get(name, "")
        configs |= dict(pair.split("=") for pair in change.split() if "=" in pair)
        made[name] = Topic(name, 8, replication, configs=configs)
    return made


@pytest.mark.parametrize(("replication", "brokers"), [(1, 1), (2, 2), (3, 3), (3, 9)])
def test_what_create_makes_is_as_it_should_be(replication: int, brokers: int) -> None:
    assert list(findings(SETTINGS, topics(replication), brokers)) == []


def test_a_missing_topic_is_a_danger() -> None:
    found = list(findings(SETTINGS, {}, 3))
    assert [(finding.topic, finding.danger) for finding in found] == [
        (REQUESTS, True), (DECISIONS, True), (REJECTS, True)
    ]  # fmt: skip
    assert "streamward topics create" in found[0].fix


@pytest.mark.parametrize(
    ("topic", "change", "danger", "said"),
    [
        (REQUESTS, "cleanup.policy=compact", True, "compacted"),
        (DECISIONS, "cleanup.policy=compact,delete", True, "compacted"),
        (REQUESTS, "retention.ms=60000", True, "less than an hour"),
        (DECISIONS, "max.message.bytes=1048588", True, "at most"),
        (REJECTS, "max.message.bytes=2097151", True, "at most"),
        (REQUESTS, "max.message.bytes=500000", False, "STREAMWARD_MAX_RECORD_BYTES"),
        (DECISIONS, "min.insync.replicas=1", True, "can be lost"),
        (REQUESTS, "min.insync.replicas=4", True, "nothing can be written"),
        (REJECTS, "min.insync.replicas=3", False, "stops all writing"),
        (REQUESTS, "unclean.leader.election.enable=true", True, "unclean"),
    ],
)
def test_a_dangerous_setting_is_told_with_its_fix(topic: str, change: str, danger: bool, said: str) -> None:
    altered = topics(altered={topic: change})
    found = list(findings(SETTINGS, altered, 3))
    assert [(finding.topic, finding.danger) for finding in found] == [(topic, danger)]
    assert said in found[0].problem
    assert change.partition("=")[0] in found[0].fix


def test_endless_retention_is_no_danger() -> None:
    assert list(findings(SETTINGS, topics(altered={REQUESTS: "retention.ms=-1"}), 3)) == []


def test_too_few_replicas_count_only_where_there_are_brokers_for_more() -> None:
    alone = topics(1)
    assert all(finding.danger and "replicas" in finding.problem for finding in findings(SETTINGS, alone, 3))
    assert len(list(findings(SETTINGS, alone, 3))) == 3


def test_a_partition_without_a_leader_is_a_danger() -> None:
    altered = topics() | {REJECTS: Topic(REJECTS, 8, 3, leaderless=2, configs=configs_for(REJECTS, SETTINGS, 3))}
    assert ["2 partitions without a leader" in finding.problem for finding in findings(SETTINGS, altered, 3)] == [True]


def test_one_partition_is_worth_a_note() -> None:
    altered = topics() | {REQUESTS: Topic(REQUESTS, 1, 3, configs=configs_for(REQUESTS, SETTINGS, 3))}
    assert [finding.danger for finding in findings(SETTINGS, altered, 3)] == [False]


def test_the_rights_are_those_of_the_names_in_the_settings() -> None:
    settings = load_settings({}, {"app_id": "judge", "topic_rejects": "bad"})
    assert [(right.resource, right.name, right.operation) for right in rights(settings)] == [
        ("topic", "moderation.requests", "READ"),
        ("topic", "moderation.decisions", "WRITE"),
        ("topic", "bad", "WRITE"),
        ("group", "judge", "READ"),
    ]
