"""A faulty pack is refused whole, with every fault at once, each with file, line and field."""

from pathlib import Path

import pytest

from streams.errors import FaultList, StreamwardError
from streams.policy.lint import lint_pack
from streams.policy.packs import load_packs

PACK = """pack: mine
version: 1.0.0
title: A pack of our own
clauses:
  HOUSE-1: {title: No gait analysis}
"""
RULE = """rule: no-gait
clause: HOUSE-1
outcome: deny
rank: 500
when:
  all:
    - act: [identify]
    - act.traits: [gait]
message: Gait analysis is not for us.
"""
CASES = """clause: HOUSE-1
deny:
  - name: gait in the lobby
    leading: AOAI-COC-ID-01
    also: [HOUSE-1]
    use: {capabilities: [identify], traits: [gait]}
allow:
  - name: a plain chat
    text: Write a haiku about rain.
"""


def write(folder: Path, pack: str = PACK, rule: str = RULE, cases: str = CASES) -> Path:
    (folder / "gait").mkdir(parents=True)
    (folder / "pack.yaml").write_text(pack)
    (folder / "gait" / "rule.yaml").write_text(rule)
    (folder / "gait" / "cases.yaml").write_text(cases)
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(FaultList) as refused:
        load_packs([str(folder)])
    return [fault.replace(f"{folder}/", "") for fault in refused.value.faults]


def test_a_sound_pack_of_ones_own_loads_and_lints(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert [pack.id for pack in load_packs([str(folder)])] == ["mine"]
    assert lint_pack(folder) == []


def test_ten_faults_are_told_at_once(tmp_path: Path) -> None:
    rule = """rule: No Gait
clause: HOUSE-2
outcome: forbid
rank: 0
from: yesterday
services: [azure]
colour: red
unknown: maybe
when:
  all:
    - act: [identfy]
    - act.traits: [walk]
    - use.camera: [bodycam]
    - term: recogntion
    - moon: [full]
"""
    told = faults(write(tmp_path, rule=rule))
    assert len(told) >= 12
    for place in (
        "gait/rule.yaml:1: rule:",
        "gait/rule.yaml:2: clause:",
        "gait/rule.yaml:3: outcome:",
        "gait/rule.yaml:4: rank:",
        "gait/rule.yaml:5: from:",
        "gait/rule.yaml:6: services.azure:",
        "gait/rule.yaml:7: colour:",
        "gait/rule.yaml:8: unknown:",
        "gait/rule.yaml:11: when.all[0].act[0]:",
        "gait/rule.yaml:12: when.all[1].act.traits[0]:",
        "gait/rule.yaml:13: when.all[2].use.camera[0]:",
        "gait/rule.yaml:14: when.all[3].term:",
        "gait/rule.yaml:15: when.all[4]:",
        "message: missing",
    ):
        assert any(place in fault for fault in told), f"{place} is not among {told}"


def test_a_rule_that_every_request_would_meet_is_refused(tmp_path: Path) -> None:
    rule = RULE.replace("  all:\n    - act: [identify]\n    - act.traits: [gait]\n", "  use.camera: [dash]\n")
    assert any("every request would meet it" in fault for fault in faults(write(tmp_path, rule=rule)))


def test_a_term_that_leads_back_to_itself_is_refused(tmp_path: Path) -> None:
    pack = PACK + "terms:\n  a: {term: b}\n  b: {all: [{act: [identify]}, {term: a}]}\n"
    rule = RULE.replace("    - act: [identify]\n", "    - term: a\n")
    assert any("leads back to itself" in fault for fault in faults(write(tmp_path, pack=pack, rule=rule)))


def test_a_rule_that_never_holds_is_refused(tmp_path: Path) -> None:
    rule = RULE + "from: 2026-01-01\nuntil: 2025-01-01\n"
    assert any("would never hold" in fault for fault in faults(write(tmp_path, rule=rule)))


def test_a_clause_that_nothing_decides_must_say_why(tmp_path: Path) -> None:
    pack = PACK + "  HOUSE-2: {title: No palm reading}\n"
    assert any("clauses.HOUSE-2: no rule decides it" in fault for fault in faults(write(tmp_path, pack=pack)))
    with_reason = PACK + "  HOUSE-2: {title: No palm reading, not_decided: no field for palms}\n"
    (pack_,) = load_packs([str(write(tmp_path / "other", pack=with_reason))])
    assert pack_.not_decided == {"HOUSE-2": "no field for palms"}


def test_the_same_rule_twice_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "again").mkdir()
    (folder / "again" / "rule.yaml").write_text(RULE)
    assert any("no-gait stands in" in fault for fault in faults(folder))


@pytest.mark.parametrize(("kept", "lacking"), [("deny", "allow or spare"), ("allow", "deny, hold or flag")])
def test_a_rule_without_cases_on_both_sides_does_not_lint(tmp_path: Path, kept: str, lacking: str) -> None:
    head, deny, allow = CASES.partition("deny:")[0], CASES.partition("deny:")[2].partition("allow:")[0], CASES
    allow = CASES.partition("allow:")[2]
    cases = f"{head}deny:{deny}" if kept == "deny" else f"{head}allow:{allow}"
    assert any(lacking in fault.problem for fault in lint_pack(write(tmp_path, cases=cases)))


def test_a_flat_folder_with_links_like_a_mounted_config_map_is_a_pack(tmp_path: Path) -> None:
    real = tmp_path / "pack" / "..2026_06_01"
    real.mkdir(parents=True)
    (real / "pack.yaml").write_text(PACK)
    (real / "gait.rule.yaml").write_text(RULE)
    (tmp_path / "pack" / "..data").symlink_to("..2026_06_01")
    for name in ("pack.yaml", "gait.rule.yaml"):
        (tmp_path / "pack" / name).symlink_to(f"..data/{name}")
    (pack,) = load_packs([str(tmp_path / "pack")])
    assert [rule.id for rule in pack.rules] == ["no-gait"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "pack")
    (tmp_path / "secret.rule.yaml").write_text(RULE)
    (folder / "secret.rule.yaml").symlink_to(tmp_path / "secret.rule.yaml")
    assert any("leads out of the folder" in fault for fault in faults(folder))


def test_norway_written_without_quotes_is_caught(tmp_path: Path) -> None:
    rule = RULE.replace("    - act.traits: [gait]\n", "    - party: {country: [NO]}\n")
    assert any("False is no value" in fault for fault in faults(write(tmp_path, rule=rule)))


def test_an_unknown_pack_is_said_with_those_there_are() -> None:
    with pytest.raises(StreamwardError, match="azure-openai"):
        load_packs(["azure-opanai"])
