"""Decisions in a few words: facts, words that evidence points at, and nothing that a terminal would obey."""

from typing import Any

import pytest

from streams.wording import basis_of, shorten

DATA: dict[str, Any] = {
    "body": {"messages": [{"content": "Who is the\nwoman \u202ein this photo?"}]},
    "a/b": {"~": "xyz"},
}


def evidence(**piece: Any) -> dict[str, Any]:
    return {"fact": "content", "value": "identify", "path": None, **piece}


def test_facts_are_told_with_their_values_each_once() -> None:
    pieces = [
        evidence(fact="use.capabilities", value=["identify", "track"]),
        evidence(fact="place.public", value=True),
        evidence(fact="place.public", value=True),
        evidence(fact="time", value=None),
    ]
    assert basis_of({"evidence": pieces}) == "use.capabilities=identify+track, place.public=yes, time"


def test_words_are_shown_where_the_request_is_at_hand_and_only_then() -> None:
    reason = {"evidence": [evidence(path="/body/messages/0/content", start=0, end=16)]}
    assert basis_of(reason, DATA) == '"Who is the woman"'
    assert basis_of(reason) == "content=identify"
    assert basis_of({"evidence": [evidence(quote="Who is")]}) == '"Who is"'


@pytest.mark.parametrize("path", ["/body/messages/7/content", "/body/messages/x", "/nothing/at/all", "/body"])
def test_a_pointer_to_nothing_falls_back_to_the_fact(path: str) -> None:
    assert basis_of({"evidence": [evidence(path=path, start=0, end=3)]}, DATA) == "content=identify"


def test_escaped_pointers_are_followed() -> None:
    assert basis_of({"evidence": [evidence(path="/a~1b/~0", start=1, end=3)]}, DATA) == '"yz"'


def test_more_than_three_pieces_are_hinted_at() -> None:
    pieces = [evidence(fact=f"f{number}", value=False) for number in range(5)]
    assert basis_of({"evidence": pieces}) == "f0=no, f1=no, f2=no …"


@pytest.mark.parametrize("seemly", ["\x1b[31mred", "a\u202eb", "a\u200bb", "a\r\nb", "a\x07b", "\ufeffa"])
def test_nothing_that_a_terminal_would_obey_is_left(seemly: str) -> None:
    assert shorten(seemly).isprintable()


def test_long_text_is_cut_to_the_length_given() -> None:
    assert shorten("word " * 40, 20) == "word word word word…"
    assert len(shorten("x" * 500)) == 60
    assert shorten("x" * 60) == "x" * 60
