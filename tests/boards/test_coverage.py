"""Every metric of the catalogue is on a board or in an alert, and every metric named there is one that is shown."""

from tests.boards.boards import rules, targets
from tests.boards.metrics import GIVEN, shown
from tests.boards.promql import labels, selectors

SHOWN = shown()
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def test_every_metric_is_on_a_board_or_in_a_rule() -> None:
    texts = [target.expression for target in targets()] + [rule["expr"] for rule in rules()]
    named = {selector.name for text in texts for selector in selectors(text)}
    assert {metric.family for metric in SHOWN.values()} == {SHOWN[name].family for name in named if name in SHOWN}


def test_every_rule_names_what_there_is() -> None:
    for rule in rules():
        for selector in selectors(rule["expr"]):
            assert selector.name in SHOWN or selector.name in RECORDED or selector.name == "up", rule
            if selector.name in SHOWN:
                assert set(selector.matchers) <= SHOWN[selector.name].labels | GIVEN, rule


def test_every_recording_is_used_or_is_for_the_month() -> None:
    used = {selector.name for rule in rules() for selector in selectors(rule["expr"])}
    assert RECORDED - used == {"streamward:burn:rate30d"}


def test_rules_group_by_labels_that_are_there() -> None:
    everything = frozenset[str]().union(*(metric.labels for metric in SHOWN.values())) | GIVEN
    assert {label for rule in rules() for label in labels(rule["expr"])} <= everything


def test_counters_in_rules_are_only_seen_as_rates() -> None:
    for rule in rules():
        for selector in selectors(rule["expr"]):
            if selector.name in SHOWN and SHOWN[selector.name].kind in ("counter", "histogram"):
                assert selector.function in ("rate", "increase"), rule
