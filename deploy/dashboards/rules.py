"""Rules: which fire, what waits for a person, what was not known, and what judging costs."""

from deploy.dashboards.board import Board
from deploy.dashboards.panels import Query, Row, graph, heat, listing

FIRING = (
    graph(
        "Rules",
        "The fifteen rules cited most, each second. A decision may cite several.",
        "eps",
        Query("topk(15, sum by (rule) (rate(streamward_reasons_total{@}[@])))", "{{rule}}"),
        width=12,
        stacked=True,
    ),
    graph(
        "Packs and outcomes",
        "Reasons each second by the pack they come from and what they led to.",
        "eps",
        Query("sum by (pack, outcome) (rate(streamward_reasons_total{@}[@]))", "{{pack}} {{outcome}}"),
        width=12,
        stacked=True,
    ),
)

PEOPLE = (
    graph(
        "Holds by rule",
        "Reasons each second for which a request is held until a person has looked.",
        "eps",
        Query('topk(10, sum by (rule) (rate(streamward_reasons_total{@, outcome="hold"}[@])))', "{{rule}}"),
        stacked=True,
    ),
    graph(
        "Flags by rule",
        "Reasons each second for which a request goes on and is to be looked at later.",
        "eps",
        Query('topk(10, sum by (rule) (rate(streamward_reasons_total{@, outcome="flag"}[@])))', "{{rule}}"),
        stacked=True,
    ),
    graph(
        "Unknown facts",
        "Facts each second that were missing and would have mattered. Declaring them spares holds and denials.",
        "eps",
        Query("topk(10, sum by (fact) (rate(streamward_unknown_facts_total{@}[@])))", "{{fact}}"),
        stacked=True,
    ),
)

COST = (
    graph(
        "Time to judge",
        "From the bytes of a request to the bytes of its decision.",
        "s",
        *(
            Query(f"histogram_quantile({share}, sum by (le) (rate(streamward_decide_seconds_bucket{{@}}[@])))", name)
            for share, name in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"))
        ),
    ),
    heat(
        "Time to judge, spread",
        "How the times are spread. A second band above the first is a kind of request that costs more.",
        "s",
        Query("sum by (le) (rate(streamward_decide_seconds_bucket{@}[@]))", "{{le}}"),
    ),
    graph(
        "Mean time to judge, by worker",
        "A worker that stands apart from the others has less of a core than they, or other traffic.",
        "s",
        Query(
            "sum by (instance) (rate(streamward_decide_seconds_sum{@}[@]))"
            " / sum by (instance) (rate(streamward_decide_seconds_count{@}[@]))",
            "{{instance}}",
        ),
    ),
)

POLICY = (
    listing(
        "Packs in force",
        "Each pack with its version, the digest of the whole policy, and how many workers have it.",
        "short",
        Query("count by (pack, version, digest) (streamward_policy_info{@})"),
        width=16,
    ),
    graph(
        "Policies at once",
        "How many policies are in force at the same time. More than one is right during a rollout only.",
        "short",
        Query("count(count by (digest) (streamward_policy_info{@}))", "policies"),
        limits=((2, "orange"),),
    ),
)

RULES = Board(
    "streamward-rules",
    "Streamward / Rules",
    "Which rules fire, what waits for a person, what was not known, and what judging costs.",
    (
        Row("What fires", FIRING),
        Row("What people should see", PEOPLE),
        Row("What it costs", COST),
        Row("Policy", POLICY),
    ),
)
