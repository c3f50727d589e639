"""Workers on the embedded broker, a gateway that sends, a Prometheus that reads, and the faults that panels show."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.dashboards.objectives import LAG_SECONDS
from tests.boards.faults import COMMIT, PRODUCE, TOPICS, FaultyBroker, Traffic
from tests.boards.prometheus import Prometheus
from tests.waiting import free_ports, until
from tests.workers import StartWorker, Worker, workers

JOB = "streamward"
RATE = 150.0


class Stage:
    """What runs. `faults` makes each fault and waits until it shows."""

    def __init__(self, broker: FaultyBroker, start: StartWorker, traffic: Traffic, prometheus: Prometheus) -> None:
        self.broker = broker
        self.traffic = traffic
        self.prometheus = prometheus
        self.workers: list[Worker] = []
        self._start = start

    def add_worker(self, port: int) -> Worker:
        """Starts a worker whose door is at a port that Prometheus reads already."""
        worker = self._start(HTTP_PORT=port, SESSION_TIMEOUT=6)
        worker.port = port
        self.workers.append(worker.ready())
        return worker

    def shows(self, query: str, what: str, within: float = 60.0) -> None:
        """Waits until the query has an answer."""
        until(lambda: self.prometheus.series(query), f"{what} ({query})", within, every=0.5)

    def make_faults(self) -> None:
        """Everything that a panel is for and that does not happen by itself."""
        self.traffic.nonsense = 0.1
        self.shows("sum(rate(streamward_rejects_total[10s])) > 0", "rejects")
        self.traffic.nonsense = 0.0
        self.broker.refuse(COMMIT, 3)
        self.shows('rate(streamward_commits_total{result="failed"}[10s]) > 0', "commits that failed")
        self.broker.relent(COMMIT)
        self.traffic.age = LAG_SECONDS * 2
        self._await_requests(300)
        self._refuse_outcomes()
        self.shows("sum(rate(streamward_produce_errors_total[10s])) > 0", "outcomes that were not taken")
        self.shows(f"max(streamward_lag_seconds) > {LAG_SECONDS}", "a long wait, as the outcomes are not taken")
        self.shows("sum(streamward_inflight_records) > 0", "records in flight, as their outcomes are not taken")
        self.broker.relent(PRODUCE)
        self.traffic.age = 0.0
        self.traffic.burst(4_000)
        judged = "sum(rate(streamward_decisions_total[10s])) > 0 and max(streamward_lag_seconds) < 5"
        self.shows(judged, "requests judged in time again")

    def _await_requests(self, count: int) -> None:
        enough = self.traffic.sent + count
        until(lambda: self.traffic.has_sent(enough), f"{count} requests")

    def _refuse_outcomes(self) -> None:
        """Has the broker refuse what is written, when requests are there already: it refuses the gateway as well."""
        for worker in self.workers:
            worker.freeze()
        self._await_requests(100)
        self.broker.refuse(PRODUCE, 100_000)
        for worker in self.workers:
            worker.thaw()


@contextmanager
def stage(folder: Path, every: str = "1s", rate: float = RATE) -> Iterator[Stage]:
    """The stage, with one worker ready and the second on its way in; ended with the block."""
    ports = free_ports(2)
    with ExitStack() as running:
        broker = running.enter_context(FaultyBroker(TOPICS))
        start = running.enter_context(workers(folder, broker.brokers))
        traffic = running.enter_context(Traffic(broker.brokers, rate))
        jobs = {JOB: [f"127.0.0.1:{port}" for port in ports]}
        prometheus = running.enter_context(Prometheus(folder / "prometheus", jobs, every=every))
        made = Stage(broker, start, traffic, prometheus)
        made.add_worker(ports[0])
        made.shows("sum(streamward_decisions_total) > 0", "decisions", 60.0)
        made.add_worker(ports[1])
        made.shows("count(streamward_assigned_partitions > 0) == 2", "two workers with partitions", 60.0)
        yield made
