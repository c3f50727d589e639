"""Sentences of callers in Japanese, Chinese, Korean, Arabic and Hindi, read through the public door of reading."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.reading.fold import fold
from streams.reading.reader import Reader

SENTENCES = yaml.safe_load((Path(__file__).parent / "reading_scripts.yaml").read_text(encoding="utf-8"))
ASKED = [
    pytest.param(act, text, id=f"{language}-{act}-{text}")
    for language, kinds in SENTENCES.items()
    for act, texts in kinds["asked"].items()
    for text in texts
]
HARMLESS = [
    pytest.param(text, id=f"{language}-{text}") for language, kinds in SENTENCES.items() for text in kinds["harmless"]
]
MEDIA: dict[str, dict[str, Any]] = {
    "[i]": {"type": "image_url", "image_url": {"url": "attachment://0"}},
    "[a]": {"type": "input_audio"},
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def request_of(text: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = [MEDIA[text[:3]]] if text[:3] in MEDIA else []
    content.append({"type": "text", "text": text[3:] if content else text})
    return {"body": {"messages": [{"role": "user", "content": content}]}}


@pytest.mark.parametrize(("act", "text"), ASKED)
def test_what_a_caller_asks_for_is_found(reader: Reader, act: str, text: str) -> None:
    assert act in {found.act for found in reader.read(request_of(text)).acts}


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_sentence_asks_for_nothing(reader: Reader, text: str) -> None:
    assert reader.read(request_of(text)).acts == ()


def test_evidence_is_in_the_original_letters(reader: Reader) -> None:
    text = "[i]CCTVのｶﾞｿﾞｳを見て。這張照片裡的人是誰？"
    spans = [span for found in reader.read(request_of(text)).acts for span in found.spans]
    assert any("是誰" in text[3:][span.start : span.end] for span in spans)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("人臉識別", "人脸识别"),
        ("ｶﾞ", "ガ"),
        ("か\u3099", "が"),
        ("\u1112\u1161\u11ab", "한"),
        ("فـوتو", "فوتو"),
        ("مَن", "من"),
        ("إلى", "الي"),
        ("फ़ोटो", "फोटो"),
        ("चाँद", "चांद"),
        ("CCTVで", "cctv で"),
    ],
)
def test_spellings_agree(one: str, other: str) -> None:
    assert fold(one).words == fold(other).words
