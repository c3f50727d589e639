"""What the demo sends, and what becomes of it."""

from importlib.resources import files
from itertools import islice
from typing import Any

import orjson
import pytest
import yaml

from streams.demo.exchange import Times
from streams.demo.traffic import asked, sample_lines
from streams.events import Record
from tests.requests import decision, moderator

SAMPLES = yaml.safe_load(files("streams.demo").joinpath("requests.yaml").read_text("utf-8"))
JUDGE = moderator()
# The outcomes of the pointed requests, in their order.
POLICE = ["deny", "deny", "deny", "allow", "allow"]
RETAIL = ["deny", "deny", "allow", "deny", "allow"]
WORK = ["deny", "deny", "deny", "allow"]
HOME = ["deny", "allow", "allow"]
BUILDING_AND_ASKING = ["deny", "allow", "allow", "hold", "hold", "flag", "flag"]


def outcome(data: dict[str, Any]) -> str:
    event = {"specversion": "1.0", "id": "r", "source": "/tests", "type": "moderation.request.v1"}
    value = orjson.dumps(event | {"time": "2026-06-01T00:00:00Z", "data": data})
    return str(decision(JUDGE, Record(value))["outcome"])


def test_ordinary_requests_are_allowed() -> None:
    assert [sample for sample in SAMPLES["ordinary"] if outcome(sample) != "allow"] == []


def test_pointed_requests_have_the_outcomes_of_the_code_of_conduct() -> None:
    assert [outcome(sample) for sample in SAMPLES["pointed"]] == POLICE + RETAIL + WORK + HOME + BUILDING_AND_ASKING


def test_traffic_begins_with_a_denial_and_is_mostly_ordinary() -> None:
    sent = [orjson.loads(line) for line in islice(sample_lines(), 400)]
    assert outcome(sent[0]["data"]) == "deny"
    assert len({event["id"] for event in sent}) == 400
    outcomes = [outcome(event["data"]) for event in sent]
    assert 0.7 < outcomes.count("allow") / 400 < 0.95
    assert set(outcomes) == {"allow", "flag", "hold", "deny"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"body": {"messages": [{"content": "first"}, {"content": [{"type": "text", "text": "last"}]}]}}, '"last"'),
        ({"body": {"prompt": "a chair"}}, '"a chair"'),
        ({"body": {"input": ["a", "b"]}}, '"a; b"'),
        ({"body": {"session": {"instructions": "Be brief."}}}, '"Be brief."'),
        ({"body": {"file": "a.wav"}, "use": {"capabilities": ["transcribe"]}}, "transcribe, a.wav"),
        ({"use": {"capabilities": ["identify", "track"], "camera": "dash"}}, "identify+track, camera dash"),
        ({"service": {"operation": "face.detect"}}, "face.detect"),
        ({"body": {"messages": [7]}, "use": [], "service": "x"}, ""),
        ({}, ""),
    ],
)
def test_what_is_asked_is_told_in_its_own_words_or_by_what_is_declared(data: dict[str, Any], words: str) -> None:
    assert asked(data) == words


def test_times_are_told_by_the_share_that_stays_below() -> None:
    times = Times()
    assert times.below(0.5) == 0.0
    for number in range(2_000):
        times.add(float(number))
    assert (times.below(0.0), times.below(0.5), times.below(0.99), times.below(1.0)) == (1000, 1500, 1990, 1999)
