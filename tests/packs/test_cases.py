"""The packs as shipped: sound, with cases on both sides, and every case comes out as it says."""

from pathlib import Path

import orjson
import pytest

from streams.policy.cases import Case, CaseFile, read_cases
from streams.policy.lint import lint_pack
from streams.policy.packs import PACKS_FOLDER, load_packs
from streams.settings import Settings
from streams.trials import try_cases

ROOT = Path(__file__).parent.parent.parent
CLAUSES = ROOT.parent / "shared" / "design" / "clauses.json"
DEFAULT = Settings().packs
OPTIONAL = sorted(path.parent.name for path in PACKS_FOLDER.glob("*/pack.yaml") if path.parent.name not in DEFAULT)
# An optional pack is judged beside the default ones, as an operator would load it.
TOGETHER = [load_packs(DEFAULT), *(load_packs([*DEFAULT, name]) for name in OPTIONAL)]
PACKS = [*TOGETHER[0], *(packs[-1] for packs in TOGETHER[1:])]
FILES: list[CaseFile] = [read_cases(path)[0] for pack in PACKS for path in pack.case_files]
CASES = [case for file in FILES for case in file.cases]
OWN = [(packs, packs if packs is TOGETHER[0] else packs[-1:]) for packs in TOGETHER]
TRIALS = {
    (trial.case.file, trial.case.line): trial
    for packs, own in OWN
    for pack in own
    for path in pack.case_files
    for trial in try_cases(read_cases(path)[0].cases, packs)
}


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in PACKS_FOLDER.glob("*/pack.yaml")), ids=lambda p: p.name
)
def test_a_pack_has_no_faults_and_cases_on_both_sides(folder: Path) -> None:
    assert [str(fault) for fault in lint_pack(folder)] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}: {case.kind}: {case.name}")
def test_a_case_comes_out_as_it_says(case: Case) -> None:
    trial = TRIALS[case.file, case.line]
    assert trial.passed, trial.told


def test_every_rule_fires_in_some_case() -> None:
    cited = set()
    for case in CASES:
        cited |= {case.leading, *case.also}
    for pack in PACKS:
        for rule in pack.rules:
            assert rule.clause["id"] in cited, f"{rule.id} of {pack.id}"


def test_every_example_of_a_clause_is_a_case_or_says_why_not() -> None:
    if not CLAUSES.is_file():
        pytest.skip("the clauses with their examples are not beside this checkout")
    decided = {name for pack in PACKS for name in pack.clauses if name not in pack.not_decided}
    told: dict[str, set[str]] = {}
    for file in FILES:
        told.setdefault(file.clause, set()).update(file.inexpressible)
        told[file.clause].update(case.example for case in file.cases if case.example)
    lacking = {}
    for clause in orjson.loads(CLAUSES.read_bytes()):
        if clause["id"] not in decided:
            continue
        wanted = {f"V{n}" for n in range(1, 4)} | {f"N{n}" for n in range(1, 4)}
        if missing := wanted - told.get(clause["id"], set()):
            lacking[clause["id"]] = sorted(missing)
    assert lacking == {}
