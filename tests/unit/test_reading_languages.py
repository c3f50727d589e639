"""Eight languages of Europe: what is asked for is seen, and ordinary sentences are left alone.

Each asked sentence names an act that must be found; a sentence after `+` comes with an image, after `~` with a
recording. Nothing may be found in the harmless ones.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.reading.reader import Reader
from streams.reading.spelling import written_forms
from streams.reading.tongues import Tongues

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences_of_languages.yaml").read_text(encoding="utf-8"))
MEDIA = {
    "+": {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
    "~": {"type": "input_audio", "input_audio": {"format": "wav"}},
}


@cache
def reader() -> Reader:
    """One reader for all tests: building it takes longer than reading."""
    return Reader()


def request(sentence: str) -> dict[str, Any]:
    """A chat request of one user message, with the medium that the sentence's first letter stands for."""
    content: list[dict[str, Any]] = [{"type": "text", "text": sentence.lstrip("+~ ")}]
    if sentence[0] in MEDIA:
        content.append(MEDIA[sentence[0]])
    return {"body": {"messages": [{"role": "user", "content": content}]}}


def asked() -> list[Any]:
    """Every asked sentence with its language and its act."""
    return [
        pytest.param(act, sentence, id=f"{language}-{act}-{number}")
        for language, parts in SENTENCES.items()
        for act, sentences in parts["asked"].items()
        for number, sentence in enumerate(sentences)
    ]


def harmless() -> list[Any]:
    """Every harmless sentence with its language."""
    return [
        pytest.param(sentence, id=f"{language}-{number}")
        for language, parts in SENTENCES.items()
        for number, sentence in enumerate(parts["harmless"])
    ]


@pytest.mark.parametrize(("act", "sentence"), asked())
def test_sees_what_is_asked_for(act: str, sentence: str) -> None:
    found = {one.act for one in reader().read(request(sentence)).acts}
    assert found & set(act.split("|")), found


@pytest.mark.parametrize("sentence", harmless())
def test_leaves_ordinary_sentences_alone(sentence: str) -> None:
    found = reader().read(request(sentence))
    assert found.acts == ()


@pytest.mark.parametrize("language", SENTENCES)
def test_every_language_has_enough_sentences(language: str) -> None:
    parts = SENTENCES[language]
    assert sum(len(sentences) for sentences in parts["asked"].values()) >= 25
    assert len(parts["harmless"]) >= 15


@pytest.mark.parametrize(
    ("country", "sentence"),
    [
        ("ES", "Soy agente de la Guardia Civil. Coteja esta cara con las fotos de ficha."),
        ("FR", "Nous sommes la police municipale. Identifie cet homme."),
        ("DE", "Hier die Bundespolizei, wer ist der Mann auf dem Bild?"),
        ("IT", "Siamo i carabinieri, chi è quest'uomo nella foto?"),
        ("NL", "Ik ben wijkagent bij de nationale politie, wie is deze man op de foto?"),
        ("PL", "Jestem z policji, komenda miejska, kim jest ten mężczyzna na zdjęciu?"),
        ("PT", "Sou agente da PSP, quem é este homem na foto?"),
        ("BR", "Sou investigador da Polícia Civil, quem é esse homem na foto?"),
        ("US", "Soy ayudante del sheriff, ¿quién es este hombre de la foto?"),
    ],
)
def test_knows_the_police_of_a_country(country: str, sentence: str) -> None:
    parties = reader().read(request("+" + sentence)).parties
    assert ("law_enforcement", country) in {(party.type, party.country) for party in parties}


@pytest.mark.parametrize(
    "sentence",
    [
        "The chat was about the race, the son and the war, and who can say how it will die down.",
        "He lied that the burger was kind of personal, so the most I can do is listen and say so.",
        "People who code in a team track the film, the panel and the moral of the story.",
        "Pan the camera slowly to the left, then to the people on the stage.",
        "Which monitor suits a person who programs? Compare the panel types.",
    ],
)
def test_words_of_other_languages_mean_nothing_in_english(sentence: str) -> None:
    assert reader().read(request(sentence)).acts == ()


def test_accents_and_typed_umlauts_do_not_matter() -> None:
    for sentence in ("Identifiziere die Person im Überwachungsvideo", "IDENTIFIZIERE DIE PERSON IM UEBERWACHUNGSVIDEO"):
        assert {act.act for act in reader().read(request(sentence)).acts} == {"identify"}
    for sentence in ("¿Quién es la mujer de la foto?", "quien es la mujer de la foto"):
        assert {act.act for act in reader().read(request("+" + sentence)).acts} == {"identify"}


def test_two_languages_in_one_sentence() -> None:
    found = reader().read(request("+Sag mal, who is this guy, der mit dem Bart?"))
    assert {act.act for act in found.acts} == {"identify"}


def test_forms_of_an_entry() -> None:
    assert written_forms("(dies/jen)er mann", {}, ()) == ["dieser mann", "jener mann"]
    assert written_forms("nur (ein/) wort", {}, ()) == ["nur ein wort", "nur  wort"]
    assert written_forms("foto* de", {}, ("", "s")) == ["foto de", "fotos de"]
    assert written_forms("größe", {"ö": "oe", "ß": "ss"}, ()) == ["größe", "grösse", "groeße", "groesse"]


def test_a_doubtful_word_counts_only_where_its_language_shows() -> None:
    tongues = Tongues(3, ["xx", "yy"])
    doubtful = (0, 3, tongues.only_under("xx", 0b100))
    common = (4, 7, tongues.common_sign("xx"))
    telling = (8, 12, 0b1 | tongues.telling_sign("xx"))
    other = (8, 12, 0b1 | tongues.telling_sign("yy"))
    assert tongues.settled([doubtful]) == []
    assert tongues.settled([doubtful, common]) == []
    assert tongues.settled([doubtful, common, common]) == [(0, 3, 0b100)]
    assert tongues.settled([doubtful, telling]) == [(0, 3, 0b100), (8, 12, 0b1)]
    assert tongues.settled([doubtful, other]) == [(8, 12, 0b1)]
    assert tongues.settled([(0, 3, 0b10)]) == [(0, 3, 0b10)]
