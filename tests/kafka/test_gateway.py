"""The example of a gateway, on a real Kafka: answers of its own requests, and a denial whenever none comes."""

import asyncio
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from deploy.examples.gateway import Answer, Gateway
from tests.kafka.broker import Broker
from tests.kafka.conftest import MakeTopic
from tests.kafka.moderated import PLAIN, QUESTION, Moderated
from tests.workers import ROOT, StartWorker, surroundings

ASKED = {"tenant": "t-1", "service": PLAIN, "body": QUESTION}
POLICE = {"type": "law_enforcement", "country": "US", "level": "local"}
FACES = {
    "tenant": "t-1",
    "service": PLAIN,
    "actor": POLICE,
    "use": {"capabilities": ["identify"], "gallery": "suspects"},
}


@pytest.fixture
def moderated(kafka: Broker, topic: MakeTopic, start_worker: StartWorker) -> Moderated:
    return Moderated(kafka, topic, start_worker)


def gateway(moderated: Moderated, source: str = "/gateway/1") -> Gateway:
    return Gateway(moderated.kafka.brokers, source, moderated.requests, moderated.decisions)


async def answers(moderated: Moderated, every: list[dict[str, Any]], within: float) -> list[Answer]:
    async with gateway(moderated) as asked:
        return await asyncio.gather(*(asked.ask(data, within) for data in every))


def test_each_request_gets_its_own_answer(moderated: Moderated) -> None:
    moderated.worker().ready()
    allowed, denied, broken = asyncio.run(answers(moderated, [ASKED, FACES, ASKED | {"service": {}}], 30))
    assert allowed.allowed
    assert not denied.allowed
    assert denied.decision is not None
    assert denied.decision["data"]["reasons"][0]["clause"]["id"].startswith("AOAI-COC-LE")
    assert not broken.allowed
    assert broken.decision is not None


def test_no_answer_in_time_is_a_denial(moderated: Moderated) -> None:
    (answer,) = asyncio.run(answers(moderated, [ASKED], 0.5))
    assert (answer.allowed, answer.decision) == (False, None)
    assert "0.5 s" in answer.why


def test_gateways_do_not_take_each_others_answers(moderated: Moderated) -> None:
    moderated.worker().ready()

    async def two() -> tuple[Answer, ...]:
        async with gateway(moderated, "/gateway/1") as one, gateway(moderated, "/gateway/2") as other:
            return await asyncio.gather(
                one.ask(ASKED, 30), other.ask(FACES, 30), one.ask(FACES, 30), other.ask(ASKED, 30)
            )

    assert [answer.allowed for answer in asyncio.run(two())] == [True, False, False, True]


def test_a_round_trip_is_quick(moderated: Moderated) -> None:
    moderated.worker().ready()

    async def measured(count: int) -> list[float]:
        async with gateway(moderated) as asked:
            await asked.ask(ASKED, 30)
            times = []
            for _ in range(count):
                started = time.perf_counter()
                assert (await asked.ask(ASKED, 30)).allowed
                times.append(1000 * (time.perf_counter() - started))
            return times

    times = sorted(asyncio.run(measured(200)))
    print(f"median {statistics.median(times):.1f} ms, 99 of 100 below {times[197]:.1f} ms")
    assert statistics.median(times) < 500


@pytest.fixture(scope="session")
def in_go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in Go, built."""
    if not shutil.which("go"):
        pytest.skip("no go on the PATH")
    program = tmp_path_factory.mktemp("go") / "gateway"
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=ROOT / "deploy/examples/gateway-go", check=True)
    return program


def asked_in_go(program: Path, moderated: Moderated, every: list[dict[str, Any]], within: str) -> list[list[str]]:
    """Verdict and reason of each request."""
    settings = {"BROKERS": moderated.kafka.brokers, "TOPIC_REQUESTS": moderated.requests}
    settings |= {"TOPIC_DECISIONS": moderated.decisions, "WITHIN": within}
    environ = surroundings() | {f"STREAMWARD_{name}": value for name, value in settings.items()}
    lines = "".join(json.dumps(data) + "\n" for data in every)
    done = subprocess.run([str(program)], input=lines, env=environ, capture_output=True, text=True, check=True)
    print(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_the_example_in_go_gets_the_same_answers(moderated: Moderated, in_go: Path) -> None:
    moderated.worker().ready()
    said = asked_in_go(in_go, moderated, [ASKED, FACES] * 10, "30s")
    assert [verdict for verdict, _ in said] == ["allow", "deny"] * 10
    (answer,) = asyncio.run(answers(moderated, [FACES], 30))
    assert said[1][1] == answer.why


def test_the_example_in_go_denies_without_an_answer(moderated: Moderated, in_go: Path) -> None:
    assert asked_in_go(in_go, moderated, [ASKED], "500ms") == [["deny", "no decision within 500ms"]]
