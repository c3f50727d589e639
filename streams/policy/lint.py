"""What a pack must hold beyond being readable: cases on both sides of every clause that it decides."""

from collections.abc import Iterable
from pathlib import Path

from streams.policy.cases import CaseFile, read_cases
from streams.policy.packs import Pack, read_pack
from streams.policy.source import Fault

_STOPPING = ("deny", "hold", "flag")
_SPARING = ("allow", "spared")


def lint_pack(folder: Path) -> list[Fault]:
    """Every fault of a pack: of its rules, of its cases, and of clauses that lack a case on either side."""
    pack, faults = read_pack(folder)
    if pack is None:
        return faults
    files = []
    for path in pack.case_files:
        cases, found = read_cases(path)
        files.append(cases)
        faults += found
        if cases.clause not in pack.clauses and not found:
            faults.append(Fault(str(path), 1, "clause", "no clause of pack.yaml"))
    return [*faults, *_one_sided(pack, files)]


def _one_sided(pack: Pack, files: Iterable[CaseFile]) -> list[Fault]:
    """Rules whose clause has no case that it should stop, or none that it should spare."""
    kinds: dict[str, set[str]] = {}
    for file in files:
        for case in file.cases:
            kinds.setdefault(case.leading or file.clause, set()).add(case.kind)
            kinds.setdefault(file.clause, set()).add(case.kind)
    faults = []
    for rule in pack.rules:
        have = kinds.get(str(rule.clause.get("id")), set())
        if have.isdisjoint(_STOPPING):
            faults.append(Fault(rule.file, 0, "rule", "no case that its clause should deny, hold or flag"))
        if have.isdisjoint(_SPARING):
            faults.append(Fault(rule.file, 0, "rule", "no case that its clause should allow or spare"))
    return faults
