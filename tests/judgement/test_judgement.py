"""Judgement on whole requests in many callers' words, file by file: each file keeps the share that it has reached."""

from pathlib import Path

import pytest

from streams.policy.cases import read_cases
from streams.policy.packs import load_packs
from streams.settings import Settings
from streams.trials import try_cases

FOLDER = Path(__file__).parent
PACKS = load_packs(Settings().packs)

# The least share of a file's cases, known misses left out, that comes out as expected.
BARS = {
    "ar": 0.37,
    "callers": 0.99,
    "content": 0.95,
    "de": 0.41,
    "declared": 0.99,
    "es": 0.38,
    "evasive": 0.82,
    "fr": 0.40,
    "hi": 0.37,
    "it": 0.40,
    "ja": 0.37,
    "ko": 0.35,
    "nl": 0.40,
    "pl": 0.39,
    "pt": 0.40,
    "tr": 0.39,
    "zh": 0.36,
}


def test_every_file_has_a_bar() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(BARS)


@pytest.mark.parametrize("stem", sorted(BARS))
def test_a_file_keeps_its_share(stem: str) -> None:
    file, faults = read_cases(FOLDER / f"{stem}.yaml")
    assert [str(fault) for fault in faults] == []
    trials = list(try_cases(file.cases, PACKS))
    begun = [trial.case.name for trial in trials if trial.case.known_miss and not trial.passed]
    assert begun == [], "known misses that are judged as expected by now: take the mark away"
    judged = [trial for trial in trials if not trial.case.known_miss]
    failed = [f"{trial.case.line}: {trial.case.name}: {'; '.join(trial.told)}" for trial in judged if not trial.passed]
    assert 1 - len(failed) / len(judged) >= BARS[stem], "\n".join(failed)
