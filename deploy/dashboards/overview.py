"""Overview: what is decided and why, how long it takes, what goes wrong, and whether the objectives hold."""

from deploy.dashboards.board import Board
from deploy.dashboards.objectives import BURNS, FRESH_SECONDS, LAG_SECONDS
from deploy.dashboards.panels import AMBER, RED, Query, Row, graph, number

DECIDED = "sum(rate(streamward_decisions_total{@}[@]))"
REJECTED = "(sum(rate(streamward_rejects_total{@}[@])) or vector(0))"
FRESH = f'streamward_age_seconds_bucket{{@, le="{FRESH_SECONDS}"}}'

NOW = (
    number("Decisions", "Decisions made each second, all outcomes together.", "reqps", Query(DECIDED)),
    number(
        "Denied or held",
        "Share of decisions with the outcome deny or hold. What is normal depends on the traffic; a jump is news.",
        "percentunit",
        Query(f'sum(rate(streamward_decisions_total{{@, outcome=~"deny|hold"}}[@])) / {DECIDED}'),
        first="blue",
    ),
    number(
        "Rejects",
        "Share of records that no decision could be given for. Their bytes are on the topic of rejects.",
        "percentunit",
        Query(f"{REJECTED} / ({DECIDED} + {REJECTED})"),
        ((0.001, AMBER), (0.05, RED)),
    ),
    number(
        "Age of a decision, p99",
        "Time from the event to its acknowledged decision that 99 of 100 requests stay below.",
        "s",
        Query("histogram_quantile(0.99, sum by (le) (rate(streamward_age_seconds_bucket{@}[@])))"),
        ((float(FRESH_SECONDS) / 2, AMBER), (float(FRESH_SECONDS), RED)),
    ),
    number(
        "Longest wait",
        "How long the oldest record without an outcome has waited, over all partitions. 0 when nothing waits.",
        "s",
        Query("max(streamward_lag_seconds{@})"),
        ((LAG_SECONDS / 3, AMBER), (LAG_SECONDS, RED)),
    ),
    number(
        "Workers ready",
        "Share of workers whose readiness door answers 200.",
        "percentunit",
        Query("avg(streamward_ready{@})"),
        ((0.5, AMBER), (1.0, "green")),
        first=RED,
    ),
)

VERDICTS = (
    graph(
        "Decisions by outcome",
        "Decisions each second: allow and flag let the request go on, hold and deny do not.",
        "reqps",
        Query("sum by (outcome) (rate(streamward_decisions_total{@}[@]))", "{{outcome}}"),
        width=12,
        stacked=True,
    ),
    graph(
        "Requests by provider and operation",
        "Requests each second that were given a decision, by the service they were meant for.",
        "reqps",
        Query("sum by (provider, operation) (rate(streamward_requests_total{@}[@]))", "{{provider}} {{operation}}"),
        width=12,
        stacked=True,
    ),
)

WHY = (
    graph(
        "Denials by clause",
        "The ten clauses cited most for denials, each second. A decision may cite several.",
        "reqps",
        Query('topk(10, sum by (clause) (rate(streamward_reasons_total{@, outcome="deny"}[@])))', "{{clause}}"),
        width=12,
        stacked=True,
    ),
    graph(
        "Holds and flags by clause",
        "The ten clauses cited most for holds and flags, each second: what a person should look at.",
        "reqps",
        Query(
            'topk(10, sum by (clause, outcome) (rate(streamward_reasons_total{@, outcome=~"hold|flag"}[@])))',
            "{{clause}} {{outcome}}",
        ),
        width=12,
        stacked=True,
    ),
)

TIME = (
    graph(
        "Age of decisions",
        "Time from the event to its acknowledged decision, as a gateway feels it.",
        "s",
        *(
            Query(f"histogram_quantile({share}, sum by (le) (rate(streamward_age_seconds_bucket{{@}}[@])))", name)
            for share, name in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"))
        ),
    ),
    graph(
        "Longest wait by worker",
        "How long the oldest record without an outcome has waited, for each worker.",
        "s",
        Query("max by (instance) (streamward_lag_seconds{@})", "{{instance}}"),
        limits=((LAG_SECONDS, RED),),
    ),
    graph(
        "Errors",
        "Rejects by code, outcomes the broker did not take at once, and commits that failed, each second.",
        "eps",
        Query("sum by (code) (rate(streamward_rejects_total{@}[@]))", "reject {{code}}"),
        Query("sum(rate(streamward_produce_errors_total{@}[@]))", "outcome not taken"),
        Query('sum(rate(streamward_commits_total{@, result="failed"}[@]))', "commit failed"),
    ),
)

OBJECTIVES = (
    graph(
        "Burn of the objectives",
        "How fast the budget of errors is spent: at 1 it lasts exactly 30 days, at 14.4 two days. The alerts look at "
        "longer windows than this graph.",
        "short",
        *(Query(text, name) for name, text in BURNS.items()),
        width=12,
        limits=((1.0, AMBER), (14.4, RED)),
    ),
    graph(
        "Fresh decisions",
        f"Share of decisions acknowledged within {FRESH_SECONDS} seconds of the event's time.",
        "percentunit",
        Query(f"sum(rate({FRESH}[@])) / sum(rate(streamward_age_seconds_count{{@}}[@]))", "fresh"),
        width=12,
        most=1.0,
    ),
)

OVERVIEW = Board(
    "streamward-overview",
    "Streamward / Overview",
    "What is decided and why, how long it takes, what goes wrong, and whether the objectives hold.",
    (
        Row("Now", NOW),
        Row("Verdicts", VERDICTS),
        Row("Why", WHY),
        Row("Time and errors", TIME),
        Row("Objectives", OBJECTIVES),
    ),
)
