"""The one catalogue of metrics: name, type, labels, buckets and a sentence each, and the numbers behind them.

The numbers are plain Python, written by the event loop once per batch and read when somebody asks; nothing is looked
up, locked or formatted per event. Labels are bounded by the schema, the packs and the partitions held: never a tenant,
a user, an id or text.
"""

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.events import Outcome

Kind = Literal["counter", "gauge", "histogram"]
PREFIX = "streamward_"


class Row(NamedTuple):
    """One metric: its name without the prefix, its type, its labels, a sentence, and the bounds of its buckets."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    sentence: str
    buckets: tuple[float, ...] = ()


_DECIDE = (0.00001, 0.00002, 0.00003, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1.0)
_AGE = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
_DELAY = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
_BATCH = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)

CATALOGUE: tuple[Row, ...] = (
    Row("requests", "counter", ("provider", "operation"), "Requests that were given a decision."),
    Row("decisions", "counter", ("verdict", "outcome"), "Decisions made."),
    Row("reasons", "counter", ("pack", "rule", "clause", "outcome"), "Reasons given in decisions, by rule and clause."),
    Row("unknown_facts", "counter", ("fact",), "Facts that were missing and would have mattered."),
    Row("rejects", "counter", ("code",), "Records that no decision could be given for."),
    Row("decide_seconds", "histogram", (), "Time to judge one request, from bytes to bytes.", _DECIDE),
    Row("age_seconds", "histogram", (), "Age of a request, by event time, when its decision was acknowledged.", _AGE),
    Row("batch_records", "histogram", (), "Records in one fetched batch of one partition.", _BATCH),
    Row("inflight_records", "gauge", (), "Records taken whose outcome is not yet acknowledged."),
    Row("assigned_partitions", "gauge", (), "Partitions that the group has given to this worker."),
    Row("lag_records", "gauge", ("topic", "partition"), "Records of a held partition that have no outcome yet."),
    Row("lag_seconds", "gauge", ("topic", "partition"), "How long the oldest of these has waited; 0 for none."),
    Row("produce_errors", "counter", (), "Outcomes that the broker did not take at once; they are sent again."),
    Row("commits", "counter", ("result",), "Commits of offsets, by result."),
    Row("rebalances", "counter", (), "Times that partitions were given to or taken from this worker."),
    Row("ready", "gauge", (), "1 while the worker's readiness door answers 200."),
    Row("loop_delay_seconds", "histogram", (), "How late the event loop came to a timer that was due.", _DELAY),
    Row("policy_info", "gauge", ("pack", "version", "digest"), "The packs in force; always 1."),
    Row("build_info", "gauge", ("version", "python"), "The program that runs; always 1."),
)


class Series:
    """The values of a counter or gauge, by label values."""

    __slots__ = ("row", "values")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.values: dict[tuple[str, ...], float] = {} if row.labels else {(): 0.0}

    def add(self, amount: float = 1.0, labels: tuple[str, ...] = ()) -> None:
        self.values[labels] = self.values.get(labels, 0.0) + amount

    def add_all(self, counts: Mapping[tuple[str, ...], int]) -> None:
        for labels, amount in counts.items():
            self.values[labels] = self.values.get(labels, 0.0) + amount

    def set(self, value: float, labels: tuple[str, ...] = ()) -> None:
        self.values[labels] = value

    def remove(self, labels: tuple[str, ...]) -> None:
        self.values.pop(labels, None)

    def family(self) -> Metric:
        name, sentence = PREFIX + self.row.name, self.row.sentence
        family: CounterMetricFamily | GaugeMetricFamily
        if self.row.kind == "counter":
            family = CounterMetricFamily(name, sentence, labels=self.row.labels)
        else:
            family = GaugeMetricFamily(name, sentence, labels=self.row.labels)
        for labels, value in self.values.items():
            family.add_metric(labels, value)
        return family


class Distribution:
    """The counts of a histogram. The last count is of what lies above every bound."""

    __slots__ = ("counts", "row", "total")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.counts = [0] * (len(row.buckets) + 1)
        self.total = 0.0

    def observe_all(self, values: Iterable[float]) -> None:
        bounds, counts, total = self.row.buckets, self.counts, 0.0
        for value in values:
            counts[bisect_left(bounds, value)] += 1
            total += value
        self.total += total

    def family(self) -> Metric:
        bounds = [*(str(bound) for bound in self.row.buckets), "+Inf"]
        family = HistogramMetricFamily(PREFIX + self.row.name, self.row.sentence)
        family.add_metric((), list(zip(bounds, accumulate(self.counts, initial=None), strict=True)), self.total)
        return family


class Metrics(Collector):
    """The numbers of one process. `registry` is what a scrape reads: these and the process's own."""

    def __init__(self) -> None:
        self._series = {row.name: Series(row) for row in CATALOGUE if row.kind != "histogram"}
        self._distributions = {row.name: Distribution(row) for row in CATALOGUE if row.kind == "histogram"}
        self.requests = self._series["requests"]
        self.decisions = self._series["decisions"]
        self.reasons = self._series["reasons"]
        self.unknown_facts = self._series["unknown_facts"]
        self.rejects = self._series["rejects"]
        self.inflight_records = self._series["inflight_records"]
        self.assigned_partitions = self._series["assigned_partitions"]
        self.lag_records = self._series["lag_records"]
        self.lag_seconds = self._series["lag_seconds"]
        self.produce_errors = self._series["produce_errors"]
        self.commits = self._series["commits"]
        self.rebalances = self._series["rebalances"]
        self.ready = self._series["ready"]
        self.policy_info = self._series["policy_info"]
        self.build_info = self._series["build_info"]
        self.decide_seconds = self._distributions["decide_seconds"]
        self.age_seconds = self._distributions["age_seconds"]
        self.batch_records = self._distributions["batch_records"]
        self.loop_delay_seconds = self._distributions["loop_delay_seconds"]
        for verdict, outcome in (("allow", "allow"), ("allow", "flag"), ("deny", "hold"), ("deny", "deny")):
            self.decisions.set(0, (verdict, outcome))
        self.build_info.set(1, (build_version(), ".".join(map(str, sys.version_info[:3]))))
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def collect(self) -> Iterator[Metric]:
        for row in CATALOGUE:
            yield (self._distributions[row.name] if row.kind == "histogram" else self._series[row.name]).family()

    def state_policy(self, packs: Sequence[Mapping[str, str]], digest: str) -> None:
        """Says which packs are in force."""
        for pack in packs:
            self.policy_info.set(1, (pack["id"], pack["version"], digest))

    def count_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Counts one batch."""
        decided = [outcome for outcome in outcomes if outcome.reject is None]
        self.requests.add_all(Counter([(o.provider, o.operation) for o in decided]))
        self.decisions.add_all(Counter([(o.verdict, o.outcome) for o in decided]))
        self.decide_seconds.observe_all([o.decide_seconds for o in decided])
        self.batch_records.observe_all((float(len(outcomes)),))
        reasons = [reason for o in decided if o.reasons for reason in o.reasons]
        if reasons:
            self.reasons.add_all(Counter((r.pack, r.rule, str(r.clause["id"]), r.outcome) for r in reasons))
        facts = [(fact,) for o in decided if o.unknown for fact in o.unknown]
        if facts:
            self.unknown_facts.add_all(Counter(facts))
        if len(decided) != len(outcomes):
            self.rejects.add_all(Counter((o.code,) for o in outcomes if o.code is not None))


def build_version() -> str:
    """The version of the installed distribution, or `unknown` where it runs from a bare checkout."""
    try:
        return version("streamward")
    except PackageNotFoundError:
        return "unknown"
