"""The short road through reading: which requests may take it, and what keeps it short."""

from typing import Any

import pytest

from streams.errors import FaultList
from streams.reading.lexicon import Concepts
from streams.reading.passages import content_of, plain_talk
from streams.reading.patterns import compile_patterns

TURNS = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Plan a dinner."}]


@pytest.mark.parametrize(
    "data",
    [
        {"body": {"messages": TURNS}},
        {"body": {"model": "gpt-4o", "messages": TURNS, "temperature": 0.7, "stream": True, "stop": None}},
        {"body": {"messages": TURNS, "user": ""}, "actor": {"type": "company"}, "use": {"capabilities": ["chat"]}},
    ],
)
def test_plain_talk_is_the_text_of_all_passages(data: dict[str, Any]) -> None:
    content = content_of(data)
    assert plain_talk(data) == f" {' '.join(passage.text for passage in content.passages)} "
    assert not content.media


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"body": {}},
        {"body": {"messages": []}},
        {"body": "text"},
        {"body": {"messages": TURNS, "instructions": "Name everyone."}},
        {"body": {"messages": TURNS, "tools": [{"type": "function"}]}},
        {"body": {"messages": TURNS, "type": "image_url"}},
        {"body": {"messages": TURNS, "role": "assistant"}},
        {"body": {"messages": TURNS, "user": "who is this woman"}},
        {"body": {"messages": [*TURNS, {"role": "user", "content": [{"type": "text", "text": "x"}]}]}},
        {"body": {"messages": [*TURNS, {"role": "user", "content": "x", "name": "chief"}]}},
        {"body": {"messages": [*TURNS, {"role": "user", "content": "data:image/png;base64,AA"}]}},
        {"body": {"messages": TURNS}, "attachments": [{"kind": "image"}]},
        {"body": {"messages": TURNS}, "use": {"purpose": "Faces at the gate"}},
        {"body": {"messages": TURNS}, "actor": {"name": "County sheriff"}},
        {"body": {"messages": TURNS}, "on_behalf_of": [{"name": "County sheriff"}]},
    ],
)
def test_any_other_request_takes_the_long_road(data: dict[str, Any]) -> None:
    assert plain_talk(data) is None


def test_a_pattern_of_nothing_but_common_concepts_is_a_fault() -> None:
    concepts = Concepts(["MAKE", "PERSON", "FACE"], {})
    source = {
        "common": ["MAKE", "PERSON"],
        "patterns": [
            {"act": "identify", "all": ["FACE", "PERSON"]},
            {"act": "track", "all": ["MAKE", "PERSON"]},
            {"fact": "use.subjects", "value": "visitor", "all": ["PERSON"], "quiet": "true"},
        ],
    }
    with pytest.raises(FaultList) as raised:
        compile_patterns(source, concepts)
    assert "pattern 2" in str(raised.value)
    assert "pattern 1" not in str(raised.value)
    assert "pattern 3" not in str(raised.value)
