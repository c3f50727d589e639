"""The objectives over 30 days, the rates at which they are spent, and the two alerts on them.

A burn of 1 spends the budget in exactly 30 days. It is recorded over eight windows; a page needs a short and a long
window together, so that it comes soon and goes soon.
"""

from typing import Any, NamedTuple

import yaml

FRESH_SECONDS = "2.0"  # a bound of the age's buckets, as it is written there
LAG_SECONDS = 30.0
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
MONTH = "30d"
GROUP = "sum by (namespace, job) "
WAITS = "streamward:waits_too_long:bool"
RUNBOOKS = "docs/runbooks.md"


class Objective(NamedTuple):
    """A promise: at most the share `budget` of what happens is an error. `errors` is that share, over `{over}`."""

    name: str
    budget: float
    errors: str


_DECIDED = "{sum}(rate(streamward_decisions_total{chosen}[{over}]))"
_REJECTED = f"({{sum}}(rate(streamward_rejects_total{{chosen}}[{{over}}])) or 0 * {_DECIDED})"
_TROUBLED = f"({_REJECTED} + {{sum}}(rate(streamward_produce_errors_total{{chosen}}[{{over}}])))"
_OUTCOMES = f"({_REJECTED} + {_DECIDED})"
_FRESH = "{sum}(rate(streamward_age_seconds_bucket{fresh}[{over}]))"

OUTCOMES = Objective("outcomes", 0.001, f"clamp_max({_TROUBLED} / {_OUTCOMES}, 1)")
FRESHNESS = Objective(
    "freshness", 0.01, f"1 - {_FRESH} / {{sum}}(rate(streamward_age_seconds_count{{chosen}}[{{over}}]))"
)
WAITING = Objective("lag", 0.01, f"avg_over_time({WAITS}[{{over}}])")
OBJECTIVES = (OUTCOMES, FRESHNESS, WAITING)


def burn(objective: Objective, over: str, chosen: str = "", group: str = GROUP) -> str:
    """The query for the burn of an objective: `chosen` are matchers, `group` how series are summed up."""
    matchers = f"{{{chosen}}}" if chosen else ""
    fresh = "{" + ", ".join(filter(None, (chosen, f'le="{FRESH_SECONDS}"'))) + "}"
    errors = objective.errors.format(sum=group, chosen=matchers, fresh=fresh, over=over)
    return f"({errors}) / {objective.budget}"


# The same on a board, for what a person has chosen there. A wait is one at the moment, not a share of time.
BURNS = {
    "outcomes": burn(OUTCOMES, "@", "@", "sum"),
    "freshness": burn(FRESHNESS, "@", "@", "sum"),
    "lag": f"(max(streamward_lag_seconds{{@}}) > bool {LAG_SECONDS:g}) / {WAITING.budget}",
}


_ALERTS = (
    (
        "StreamwardObjectiveBurnsFast",
        "critical",
        ((14.4, "5m", "1h"), (6.0, "30m", "6h")),
        "The error budget of the objective {{ $labels.objective }} lasts only days",
    ),
    (
        "StreamwardObjectiveBurnsSlowly",
        "warning",
        ((3.0, "2h", "1d"), (1.0, "6h", "3d")),
        "The error budget of the objective {{ $labels.objective }} will not last the month",
    ),
)
_SPENDING = (
    "{{ $labels.job }} spends the 30-day budget of errors of the objective {{ $labels.objective }} "
    '{{ printf "%.1f" $value }} times as fast as it allows.'
)


def rules() -> str:
    """The file of rules: recordings and alerts."""
    recorded: list[dict[str, Any]] = [
        {"record": WAITS, "expr": f"max by (namespace, job) (streamward_lag_seconds) > bool {LAG_SECONDS:g}"}
    ]
    for over in (*WINDOWS, MONTH):
        for objective in OBJECTIVES:
            labels = {"objective": objective.name}
            expr = (
                burn(objective, over)
                if over != MONTH
                else f'avg_over_time(streamward:burn:rate5m{{objective="{objective.name}"}}[{MONTH}])'
            )
            recorded.append({"record": f"streamward:burn:rate{over}", "expr": expr, "labels": labels})
    # One group, so that the alerts see what was recorded in the same moment.
    groups = [{"name": "streamward-objectives", "rules": recorded + [_alert(*each) for each in _ALERTS]}]
    head = "# Written by `python -m deploy.dashboards`; objectives.py holds the objectives and their windows.\n"
    return head + yaml.safe_dump({"groups": groups}, sort_keys=False, width=10_000)


def _alert(name: str, severity: str, pairs: tuple[tuple[float, str, str], ...], summary: str) -> dict[str, Any]:
    rate = "streamward:burn:rate"
    spent = [f"({rate}{short} > {limit:g} and {rate}{long} > {limit:g})" for limit, short, long in pairs]
    told = {"summary": summary, "description": _SPENDING, "runbook_url": f"{RUNBOOKS}#{name.lower()}"}
    return {"alert": name, "expr": " or ".join(spent), "labels": {"severity": severity}, "annotations": told}
