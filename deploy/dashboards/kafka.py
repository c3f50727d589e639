"""Kafka: who holds which partitions, what waits in them, how records flow, what the broker refuses."""

from deploy.dashboards.board import Board
from deploy.dashboards.objectives import LAG_SECONDS
from deploy.dashboards.panels import RED, Query, Row, graph, heat, listing

GROUP = (
    graph(
        "Partitions by worker",
        "Partitions that the group has given to each worker. All of them together are those of the topic; a worker "
        "with none is idle.",
        "short",
        Query("sum by (instance) (streamward_assigned_partitions{@})", "{{instance}}"),
        stacked=True,
    ),
    graph(
        "Rebalances",
        "Times that partitions were given to or taken from a worker. A rollout makes some; many more are a storm.",
        "short",
        Query("sum by (instance) (increase(streamward_rebalances_total{@}[@]))", "{{instance}}"),
    ),
    graph(
        "Readiness",
        "1 while a worker's readiness door answers 200: it has its assignment, and nothing is in the way.",
        "short",
        Query("max by (instance) (streamward_ready{@})", "{{instance}}"),
        most=1.0,
    ),
)

LAG = (
    graph(
        "Lag by partition",
        "Records that have no outcome yet.",
        "short",
        Query("sum by (topic, partition) (streamward_lag_records{@})", "{{topic}} {{partition}}"),
        stacked=True,
    ),
    graph(
        "Lag by partition, in seconds",
        "How long the oldest record without an outcome has waited. A line that climbs one second each second is a "
        "partition that stands still.",
        "s",
        Query("max by (topic, partition) (streamward_lag_seconds{@})", "{{topic}} {{partition}}"),
        limits=((LAG_SECONDS, RED),),
    ),
    listing(
        "Waiting now",
        "The partitions with the most records that wait, and the worker that holds each.",
        "short",
        Query("topk(20, sum by (topic, partition, instance) (streamward_lag_records{@}))"),
        width=8,
    ),
)

FLOW = (
    graph(
        "Records by worker",
        "Records taken from Kafka and judged, each second.",
        "reqps",
        Query("sum by (instance) (rate(streamward_batch_records_sum{@}[@]))", "{{instance}}"),
        stacked=True,
    ),
    heat(
        "Records in a batch",
        "How many records one fetch of one partition brings. Large batches mean that there is much to catch up with.",
        "short",
        Query("sum by (le) (rate(streamward_batch_records_bucket{@}[@]))", "{{le}}"),
    ),
    graph(
        "In flight",
        "Records taken whose outcome is not yet acknowledged. At its limit a worker takes nothing more.",
        "short",
        Query("sum by (instance) (streamward_inflight_records{@})", "{{instance}}"),
    ),
)

WRITING = (
    graph(
        "Commits",
        "Commits of offsets each second, by result. A healthy worker under traffic commits once a second.",
        "ops",
        Query("sum by (result) (rate(streamward_commits_total{@}[@]))", "{{result}}"),
    ),
    graph(
        "Outcomes not taken",
        "Outcomes that the broker did not take at once, each second. They are sent again until it does.",
        "eps",
        Query("sum by (instance) (rate(streamward_produce_errors_total{@}[@]))", "{{instance}}"),
    ),
    graph(
        "Rejects by code",
        "Records each second that no decision could be given for, by what is wrong with them.",
        "eps",
        Query("sum by (code) (rate(streamward_rejects_total{@}[@]))", "{{code}}"),
        stacked=True,
    ),
)

KAFKA = Board(
    "streamward-kafka",
    "Streamward / Kafka",
    "Who holds which partitions, what waits in them, how records flow, and what the broker refuses.",
    (Row("Group", GROUP), Row("Lag", LAG), Row("Flow", FLOW), Row("Writing", WRITING)),
)
