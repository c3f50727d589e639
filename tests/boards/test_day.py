"""How long queries take on a day of data: three workers, read every 30 seconds, with the labels of the demo's mix."""

import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, time

import pytest
from prometheus_client.openmetrics import exposition

from streams.events import Outcome, Record
from streams.metrics import Metrics
from streams.moderator import load_moderator
from streams.settings import load_settings
from tests.boards.boards import Target, targets
from tests.boards.faults import TOPICS, requests
from tests.boards.prometheus import Prometheus, needed

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(300)]

DAY, EVERY, POINTS = 86_400, 30, 600
INSTANCES = ("a:9464", "b:9464", "c:9464")
SLOWEST_SECONDS = 0.1


def scraped() -> dict[str, list[tuple[str, float]]]:
    """One scrape of a worker that judged some thousand requests: for each family its series and their values."""
    metrics, moderator = Metrics(), load_moderator(load_settings({}, {}))
    metrics.state_policy(moderator.policy_object["packs"], moderator.digest)
    lines = requests()
    outcomes: list[Outcome] = [
        moderator.moderate(Record(next(lines), topic=TOPICS[0], partition=0, offset=number)) for number in range(3_000)
    ]
    metrics.count_outcomes(outcomes)
    metrics.age_seconds.observe_all([0.05] * 3_000)
    metrics.loop_delay_seconds.observe_all([0.001] * 3_000)
    metrics.commits.add(3_000, ("ok",))
    metrics.commits.add(3, ("failed",))
    metrics.rejects.add(30, ("not_json",))
    for partition in range(8):
        metrics.lag_records.set(5, (TOPICS[0], str(partition)))
        metrics.lag_seconds.set(0.1, (TOPICS[0], str(partition)))
    found: dict[str, list[tuple[str, float]]] = {}
    family = ""
    for line in _text(metrics).splitlines():
        if line.startswith("# TYPE "):
            family = line.removeprefix("# TYPE ")
            found[family] = []
        elif line and not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            found[family].append((series, float(value)))
    return found


def _text(metrics: Metrics) -> str:
    written: bytes = exposition.generate_latest(metrics.registry)  # type: ignore[no-untyped-call]
    return written.decode()


def day(end: float) -> Iterator[str]:
    """A day of such scrapes as OpenMetrics: counters grow in waves, gauges move."""
    moments = [end - DAY + EVERY * number for number in range(DAY // EVERY)]
    growth = [number + 300 * math.sin(number / 300) for number in range(len(moments))]
    for family, series in scraped().items():
        yield f"# TYPE {family}\n"
        rising = not family.endswith(" gauge")
        for name, value in series:
            for instance in INSTANCES:
                labelled = with_labels(name, f'job="streamward",instance="{instance}"')
                steps = growth if rising else [1 + 0.2 * math.sin(each / 50) for each in growth]
                yield "".join(
                    f"{labelled} {value * step:.6g} {moment:.0f}\n" for moment, step in zip(moments, steps, strict=True)
                )
    yield "# EOF\n"


def with_labels(series: str, labels: str) -> str:
    name, brace, rest = series.partition("{")
    return f"{name}{{{labels},{rest}" if brace else f"{name}{{{labels}}}"


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prometheus, float]]:
    """A Prometheus with a day of data, and when that day ends."""
    needed()
    folder, end = tmp_path_factory.mktemp("day"), time()
    text = folder / "day.txt"
    with text.open("w") as file:
        file.writelines(day(end))
    load(text, folder / "data")
    text.unlink()
    with Prometheus(folder, {}) as prometheus:
        yield prometheus, end


def load(text: Path, to: Path) -> None:
    run = subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(to)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.place)
def test_no_query_is_slow_on_a_day_of_data(yesterday: tuple[Prometheus, float], target: Target) -> None:
    """As Grafana asks for a graph of 600 pixels over the whole day; the quickest of five, as the machine is shared."""
    prometheus, end = yesterday
    step = DAY // POINTS
    words = {"query": target.filled(f"{step + EVERY}s"), "start": end - DAY, "end": end, "step": step}
    seconds = []
    for _ in range(5):
        start = perf_counter()
        answer = prometheus.ask("query_range", **words)
        seconds.append(perf_counter() - start)
        assert max(len(series["values"]) for series in answer["result"]) > POINTS * 0.9
    assert min(seconds) < SLOWEST_SECONDS
