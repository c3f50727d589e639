"""Folding: spellings agree, and every place in folded text leads back to the original."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.reading.fold import Folded, fold, fold_name, fold_plain


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Who is THIS?", "who is this "),
        ("match_face", "match face"),
        ("face-search", "face search"),
        ("who’s", "who s"),
        ("“Identität”", " identitat "),
        ("información", "informacion"),
        ("zdjęcie łódź", "zdjecie lodz"),
        ("Ｗｈｏ", "who"),
        ("ﬁnd", "find"),
        ("wh\u200bo i\u200ds", "who is"),
        ("\u202ewho\u202c", "who"),
        ("wo\u0301man", "woman"),
        ("wоmаn", "woman"),
        ("ΙD", "id"),
        ("f a c e", "face"),
        ("f-a-c-e of", "face of"),
        ("i.d.e.n.t.i.f.y", "identify"),
        ("a face", "a face"),
        ("plan b is", "plan b is"),
        ("写真", "写真"),
        ("", ""),
    ],
)
def test_spellings_agree(written: str, words: str) -> None:
    assert fold(written).words == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("matchFace", "match face"),
        ("FaceLookup", "face lookup"),
        ("detectFaceEMOTION", "detect face emotion"),
        ("HTTPServer", "http server"),
        ("match_face2", "match face2"),
        ("plain words", "plain words"),
    ],
)
def test_names_are_split_at_their_capitals(name: str, words: str) -> None:
    assert fold_name(name).words == words


def test_a_place_leads_back_to_the_original() -> None:
    written = "Tell me: w\u200bh\u200bo is f-a-c-e 1?"
    folded = fold(written)
    for word, original in (("who", "w\u200bh\u200bo"), ("face", "f-a-c-e"), ("is", "is")):
        start = folded.words.index(word)
        first, last = folded.origin(start, start + len(word))
        assert written[first:last] == original


def test_a_split_name_leads_back_to_the_original() -> None:
    folded = fold_name("doMatchFace")
    start = folded.words.index("face")
    assert folded.origin(start, start + 4) == (7, 11)


@given(st.text())
@example("\ud800")
@example("İstanbul ß ﷺ")
def test_every_text_folds_and_every_place_leads_back(text: str) -> None:
    for folded in (fold(text), fold_name(text)):
        assert len(folded.words) == len(folded.plain)
        assert all(char.isalnum() or char == " " for char in folded.words)
        assert_places_lie_inside(folded, text)


def assert_places_lie_inside(folded: Folded, text: str) -> None:
    places = [folded.origin(place, place + 1) for place in range(len(folded.words))]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_keeps_its_length(text: str) -> None:
    words = fold_plain(text)
    assert words is None or (len(words) == len(text) and words == fold(text).words)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).words
    assert fold(once).words.split() == fold(fold(once).words).words.split()
