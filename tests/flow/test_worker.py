"""A worker on the embedded broker, seen through its topics, its doors, its log and its exit code."""

import re
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_metrics

from streams.demo.broker import EmbeddedBroker
from streams.metrics import CATALOGUE, PREFIX
from tests.flow.commands import VIOLATION, Ended, event, streamward
from tests.kafka.clients import Sent, read, send
from tests.waiting import free_ports, until
from tests.workers import StartWorker, Worker, workers

TOPICS = ("moderation.requests", "moderation.decisions", "moderation.rejects")


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(TOPICS) as embedded:
        yield embedded


@pytest.fixture
def start(broker: EmbeddedBroker, tmp_path: Path) -> Iterator[StartWorker]:
    with workers(tmp_path, broker.brokers) as starter:
        yield starter


def put(broker: EmbeddedBroker, *values: str | None) -> None:
    send(broker.brokers, TOPICS[0], [Sent(None if each is None else each.encode(), b"t-1") for each in values])


def decisions(broker: EmbeddedBroker, count: int) -> list[Any]:
    return [orjson.loads(each.value or b"") for each in read(broker.brokers, TOPICS[1], count)]


def sample(worker: Worker, name: str, **labels: str) -> float:
    """The value of one sample of the metrics page, 0 where it is not there."""
    for family in read_metrics(worker.get("/metrics")[1]):
        for each in family.samples:
            if each.name == PREFIX + name and labels.items() <= each.labels.items():
                return each.value
    return 0.0


def test_requests_become_decisions_and_figures(broker: EmbeddedBroker, start: StartWorker) -> None:
    worker = start().ready()
    put(broker, event("a"), event("b", VIOLATION), "not json")
    until(lambda: sample(worker, "inflight_records") == 0 and sample(worker, "rejects_total") == 1, "three outcomes")
    assert {each["subject"]: each["data"]["outcome"] for each in decisions(broker, 2)} == {"a": "allow", "b": "deny"}
    assert sample(worker, "requests_total", provider="azure-openai", operation="chat.completions") == 2
    assert sample(worker, "decisions_total", verdict="allow", outcome="allow") == 1
    assert sample(worker, "reasons_total", clause="AOAI-COC-ID-01") >= 1
    assert sample(worker, "rejects_total", code="not_json") == 1
    assert sample(worker, "decide_seconds_count") == 2
    until(lambda: sample(worker, "age_seconds_count") == 2, "the ages of both")
    assert sample(worker, "lag_records", topic="moderation.requests") == 0
    assert worker.stop() == 0


def test_both_forms_of_the_metrics_page_hold_the_catalogue(start: StartWorker) -> None:
    worker = start().ready()
    named = {PREFIX + row.name for row in CATALOGUE}
    assert named <= {family.name for family in read_metrics(worker.get("/metrics")[1])}
    openmetrics = openmetrics_of(worker)
    parse: Callable[[str], Iterable[Metric]] = read_openmetrics
    assert named <= {family.name for family in parse(openmetrics)}
    assert openmetrics.endswith("# EOF\n")


def openmetrics_of(worker: Worker) -> str:
    asked = b"GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n"
    answer = raw(worker, asked)
    assert b"application/openmetrics-text" in answer.partition(b"\r\n\r\n")[0]
    return answer.partition(b"\r\n\r\n")[2].decode()


def raw(worker: Worker, asked: bytes) -> bytes:
    """What the door answers to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", worker.port), timeout=10) as door:
        door.sendall(asked)
        return b"".join(iter(lambda: door.recv(65536), b""))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET /livez HTTP/1.0\r\n\r\n", b"200"),
        (b"GET / HTTP/1.0\r\n\r\n", b"404"),
        (b"GET /metrics/ HTTP/1.0\r\n\r\n", b"404"),
        (b"POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n", b"405"),
        (b"HEAD /livez HTTP/1.0\r\n\r\n", b"405"),
        (b"\x16\x03\x01 nonsense\r\n\r\n", b"400"),
    ],
)
def test_the_doors_answer_four_paths_and_nothing_else(start: StartWorker, asked: bytes, status: bytes) -> None:
    worker = start().ready()
    assert raw(worker, asked).split(b" ")[1] == status
    assert worker.get("/livez")[0] == 200


def test_the_policy_door_answers_what_decisions_carry(broker: EmbeddedBroker, start: StartWorker) -> None:
    worker = start().ready()
    put(broker, event("a"))
    told = orjson.loads(worker.get("/policy")[1])
    assert [each["data"]["policy"] for each in decisions(broker, 1)] == [told]
    digests = {labels["digest"] for labels in policy_labels(worker)}
    assert digests == {told["digest"]}


def policy_labels(worker: Worker) -> list[dict[str, str]]:
    families = read_metrics(worker.get("/metrics")[1])
    return [each.labels for family in families if family.name == f"{PREFIX}policy_info" for each in family.samples]


def test_two_workers_share_the_partitions(broker: EmbeddedBroker, start: StartWorker) -> None:
    both = [start().ready(), start().ready()]
    until(lambda: all(sample(worker, "rebalances_total") >= 1 for worker in both), "assignments")
    assert both[0].stop() == 0
    put(broker, event("a"))
    until(lambda: sample(both[1], "decisions_total", outcome="allow") == 1, "the decision of the one that stays")


def test_no_content_reaches_the_log(broker: EmbeddedBroker, start: StartWorker) -> None:
    worker = start(LOG_LEVEL="debug").ready()
    put(broker, event("a-secret-id"), "a secret that is no JSON {")
    until(lambda: sample(worker, "rejects_total") == 1, "the reject")
    until(lambda: sample(worker, "decisions_total", outcome="allow") == 1, "the decision")
    assert worker.stop() == 0
    assert "secret" not in worker.log_text()
    assert "leeks" not in worker.log_text()


def test_the_log_is_json_lines_where_no_terminal_reads_it(start: StartWorker) -> None:
    worker = start().ready()
    assert worker.stop() == 0
    lines = [orjson.loads(line) for line in worker.log_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert lines[-1]["message"] == "worker ends"


def test_a_free_port_is_taken_and_said(start: StartWorker) -> None:
    worker = start(HTTP_PORT=0)
    until(lambda: '"doors open"' in worker.log_text(), "the line that names the port")
    port = re.search(r'"port": (\d+)', worker.log_text())
    assert port is not None
    worker.port = int(port[1])
    assert worker.ready().stop() == 0


def test_a_taken_port_is_a_plain_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended: Ended = streamward("worker", "--http-port", str(taken.getsockname()[1]))
    assert ended.refused()
    assert "address already in use" in ended.err


UNREACHABLE: dict[str, Callable[[], str]] = {
    "nothing listens": lambda: f"127.0.0.1:{free_ports(1)[0]}",
    "no such host": lambda: "nowhere.invalid:9092",
}


@pytest.mark.parametrize("where", UNREACHABLE)
def test_a_broker_that_is_not_there_is_waited_for_and_said(tmp_path: Path, where: str) -> None:
    brokers = UNREACHABLE[where]()
    with workers(tmp_path, brokers) as start:
        worker = start()
        until(lambda: f"no use of the brokers at {brokers}" in worker.get("/readyz")[1], "the reason")
        assert worker.get("/livez")[0] == 200
        asked = monotonic()
        assert worker.stop() == 0
        assert monotonic() - asked < 15
    assert worker.log_text().count("not ready: no use of the brokers") < 5
    assert "Traceback" not in worker.log_text()


def test_a_null_value_is_a_record_like_any_other(broker: EmbeddedBroker, start: StartWorker) -> None:
    worker = start().ready()
    put(broker, None)
    until(lambda: sample(worker, "rejects_total", code="empty") == 1, "the reject")
