"""What holds for any request: reading never raises, points into the original, and takes time in step with the text."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.reading.findings import Findings, Span
from streams.reading.reader import Reader
from tests.talk import chat, data, read

TELLING = (
    "who is the woman man in this photo face identify match booking photos track secretly her location emotion angry "
    "police voice same person race gender scrape gallery not do or but . , ? employee camera score predict crime "
    "translate: summarise f-a-c-e wh\u200bo wоman matchFace never"
).split()
SENTENCES = st.lists(st.sampled_from(TELLING), max_size=30).map(" ".join)
VALUES = st.recursive(
    SENTENCES | st.text(max_size=20) | st.none() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            SENTENCES
            | st.sampled_from(["role", "content", "type", "text", "name", "properties", "function", "description"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(["messages", "tools", "input", "prompt", "text", "response_format"]), VALUES)


def spans_of(findings: Findings) -> list[Span]:
    spans = [act.spans for act in findings.acts]
    spans += [fact.spans for fact in findings.facts]
    spans += [party.spans for party in findings.parties]
    return [span for some in spans for span in some]


def at(request: Any, path: str) -> Any:
    for token in path.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        request = request[int(key)] if isinstance(request, list) else request[key]
    return request


@settings(max_examples=300)
@given(BODIES)
def test_spans_lie_inside_the_original(body: dict[str, Any]) -> None:
    request = data(body)
    for span in spans_of(read(request)):
        if (span.start, span.end) == (0, 0):
            assert span.path
            continue
        assert 0 <= span.start < span.end <= len(at(request, span.path))


@given(SENTENCES)
def test_reading_twice_finds_the_same(said: str) -> None:
    assert read(chat(said)) == read(chat(said))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Please: who is the woman in this photo?", {"who is", "the woman", "photo"}),
        ("«Ça va?» Who is the woman in this photo?", {"Who is", "the woman", "photo"}),
        ("W\u200bho is the wоman in this ph\u00adoto?", {"W\u200bho is", "the wоman", "ph\u00adoto"}),
        ("Put a name to this f-a-c-e", {"Put a name to", "this f-a-c-e"}),
    ],
)
def test_spans_point_at_the_words(said: str, words: set[str]) -> None:
    request = chat(said)
    (act, *_) = read(request).acts
    assert {said[span.start : span.end] for span in act.spans} == words


def test_spans_in_tools_point_into_the_right_string() -> None:
    function = {
        "name": "run",
        "description": "matches each face with the watchlist",
        "parameters": {"properties": {"name": {}}},
    }
    request = chat("next", tools=[{"type": "function", "function": function}])
    spans = {span for act in read(request).acts for span in act.spans}
    found = {
        (span.path.rpartition("/")[2], at(request, span.path)[span.start : span.end]) for span in spans if span.end
    }
    assert ("description", "each face") in found


def test_the_name_of_a_property_is_pointed_at_by_its_path() -> None:
    properties = {"face_emotion": {"type": "string"}}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"properties": properties}}}
    (act,) = read(chat("go", response_format=form)).acts
    (span,) = act.spans
    assert span == Span("/body/response_format/json_schema/schema/properties/face_emotion", 0, 0)


def test_text_beyond_the_bound_is_reported_and_what_was_read_counts() -> None:
    reader = Reader(max_text_bytes=100)
    findings = reader.read(chat("Who is the woman in this photo? " + "x" * 200))
    assert findings.unread == ("/body/messages/0/content", 100)
    assert [act.act for act in findings.acts] == ["identify"]


def hostile(kibibytes: int, joined_by: str) -> dict[str, Any]:
    words = random.Random(5).choices(TELLING, k=kibibytes * 300)
    return chat(joined_by.join(words)[: kibibytes * 1024])


class Counted(list[Any]):
    """A list that counts how often one of its elements is looked at."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        Counted.looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("joined_by", [" ", ". ", "\n", " the "])
def test_work_grows_in_step_with_the_text(joined_by: str) -> None:
    reader = Reader()
    reader._matching.patterns = Counted(reader._matching.patterns)
    looks = []
    for size in (16, 64):
        Counted.looks = 0
        reader.read(hostile(size, joined_by))
        looks.append(Counted.looks)
    assert looks[1] <= 4.4 * looks[0] + 1000
