"""The boards: built again they are the same bytes, and they keep the seventeen rules of Grafana's dashboard-linter."""

import re
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from deploy.dashboards.__main__ import texts
from tests.boards.boards import BOARDS, FILES, Target, panels, targets
from tests.boards.metrics import GIVEN, shown
from tests.boards.promql import labels, selectors

Board = dict[str, Any]
UNITS = {"reqps", "eps", "ops", "s", "short", "percentunit", "bytes"}  # ids of Grafana's own list
SHOWN = shown()

board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
target = pytest.mark.parametrize("target", targets(), ids=lambda target: target.place)


def variable(board: Board, name: str) -> dict[str, Any]:
    [found] = [each for each in board["templating"]["list"] if each["name"] == name]
    return dict(found)


@pytest.mark.parametrize("place", texts())
def test_building_again_gives_the_same_bytes(place: str) -> None:
    assert (FILES / place).read_bytes() == texts()[place].encode(), "run `python -m deploy.dashboards`"


def test_there_are_the_four_boards_and_no_other() -> None:
    assert sorted(BOARDS) == [f"streamward-{name}" for name in ("kafka", "overview", "rules", "runtime")]


@board
def test_rule_1_the_data_source_is_a_variable(board: Board) -> None:
    sources = [each for each in board["templating"]["list"] if each["type"] == "datasource"]
    assert [(each["name"], each["label"], each["query"]) for each in sources] == [
        ("datasource", "Data source", "prometheus")
    ]


@board
@pytest.mark.parametrize(("name", "label"), [("job", "Job"), ("instance", "Instance")])
def test_rules_2_and_3_job_and_instance_are_variables(board: Board, name: str, label: str) -> None:
    found = variable(board, name)
    assert found["type"] == "query"
    assert found["label"] == label
    assert found["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert found["multi"] is True
    assert found["includeAll"] is True
    assert found["allValue"] == ".+"


@board
def test_rule_4_variables_ask_for_values_of_a_label(board: Board) -> None:
    for found in (variable(board, "job"), variable(board, "instance")):
        asked = re.fullmatch(r"label_values\((\w+)(\{job=~\"\$job\"\})?, (\w+)\)", found["query"])
        assert asked, found["query"]
        assert asked[1] in SHOWN
        assert asked[3] == found["name"]


@board
def test_rule_5_variables_are_looked_up_again_when_the_time_changes(board: Board) -> None:
    assert [each["refresh"] for each in board["templating"]["list"] if each["type"] == "query"] == [2, 2]


@board
def test_rule_6_every_panel_asks_the_chosen_data_source(board: Board) -> None:
    for panel in panels(board):
        for asking in (panel, *panel["targets"]):
            assert asking["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]


@board
def test_rule_7_every_panel_has_a_title_and_a_description(board: Board) -> None:
    titles = [panel["title"] for panel in panels(board)]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert [panel["title"] for panel in panels(board) if not panel["description"].endswith(".")] == []


@board
def test_rule_8_every_panel_has_a_unit(board: Board) -> None:
    assert {panel["fieldConfig"]["defaults"]["unit"] for panel in panels(board)} <= UNITS


@board
def test_rule_9_every_panel_has_targets_told_apart(board: Board) -> None:
    for panel in panels(board):
        names = [target["refId"] for target in panel["targets"]]
        assert names, panel["title"]
        assert len(set(names)) == len(names)
        assert all(names)


@board
def test_rules_10_and_11_nothing_asks_for_logs(board: Board) -> None:
    assert "loki" not in str(board).lower()


@target
def test_rule_12_a_query_names_what_a_worker_shows(target: Target) -> None:
    """That it is PromQL at all, promtool says in test_rules.py."""
    named = list(selectors(target.expression))
    assert named
    for selector in named:
        assert selector.name in SHOWN, selector.name
        assert set(selector.matchers) <= SHOWN[selector.name].labels | GIVEN
    known = frozenset[str]().union(*(SHOWN[selector.name].labels for selector in named)) | GIVEN
    assert labels(target.expression) <= known


@target
def test_rule_13_windows_are_the_rate_interval(target: Target) -> None:
    windows = {selector.window for selector in selectors(target.expression)}
    assert windows <= {None, "$__rate_interval"}


@target
@pytest.mark.parametrize("label", ["job", "instance"])
def test_rules_14_and_15_every_selector_matches_what_is_chosen(target: Target, label: str) -> None:
    for selector in selectors(target.expression):
        assert selector.matchers.get(label) == ("=~", f"${label}"), selector


@target
def test_rule_16_counters_are_only_seen_as_rates(target: Target) -> None:
    for selector in selectors(target.expression):
        if SHOWN[selector.name].kind in ("counter", "histogram"):
            assert selector.function in ("rate", "increase"), selector
            assert selector.window, selector
        else:
            assert selector.window is None, f"{selector.name} is a gauge"


@board
def test_rule_17_a_board_cannot_be_edited_in_place(board: Board) -> None:
    assert board["editable"] is False


@board
def test_the_panels_have_numbers_of_their_own_and_do_not_overlap(board: Board) -> None:
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert 0 not in numbers
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert [pair for pair in combinations(places, 2) if overlap(*pair)] == []


def overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    return across and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]


@board
def test_a_board_names_its_own_address_and_leads_to_the_others(board: Board) -> None:
    assert BOARDS[board["uid"]] is board
    assert board["tags"] == ["streamward"]
    assert [(link["type"], link["tags"]) for link in board["links"]] == [("dashboards", ["streamward"])]
