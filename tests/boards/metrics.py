"""What a scrape of a worker shows: every metric of the catalogue, those of its process, and what rules record."""

from typing import NamedTuple

from streams.metrics import CATALOGUE, PREFIX, Metrics

# Labels that Prometheus or Kubernetes puts on every series, and the bounds of a histogram.
GIVEN = frozenset(("job", "instance", "namespace", "le"))


class Shown(NamedTuple):
    """One metric as it is asked for. `family` is its name in the catalogue or in the process's own."""

    family: str
    kind: str
    labels: frozenset[str]


def shown() -> dict[str, Shown]:
    """By the name that a query uses."""
    metrics = Metrics()
    metrics.state_policy([{"id": "p", "version": "1"}], "d")
    found: dict[str, Shown] = {}
    from_catalogue = {f"{PREFIX}{row.name}": frozenset(row.labels) for row in CATALOGUE}
    for family in metrics.registry.collect():
        observed = {label for sample in family.samples for label in sample.labels}
        labels = from_catalogue.get(family.name, frozenset(observed))
        for ending in ENDINGS.get(family.type, ("",)):
            found[family.name + ending] = Shown(family.name, family.type, labels)
    return found


ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
