"""Packs: a folder with `pack.yaml`, rules and their cases, read into compiled rules with all faults at once.

A rule lies in `rule.yaml` of a folder of its own or in `<name>.rule.yaml`, its cases in `cases.yaml` beside it or in
`<name>.cases.yaml`: so a pack can be a tree, or flat as a mounted ConfigMap is.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.errors import FaultList, StreamwardError
from streams.policy.frames import Items, read_frame, reporter
from streams.policy.rules import Rule, compile_rule
from streams.policy.source import Fault, Source, read_source

PACKS_FOLDER = Path(__file__).parent.parent / "packs"
_MAX_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack ready to judge, with what its cases and pages need. `digest` is over all but the cases."""

    id: str
    version: str
    title: str
    clauses: dict[str, dict[str, Any]]
    not_decided: dict[str, str]
    rules: tuple[Rule, ...]
    items: Items | None
    case_files: tuple[Path, ...]
    folder: Path
    digest: str


def load_packs(names: Iterable[str]) -> tuple[Pack, ...]:
    """Load packs by id or folder, in order. Raises FaultList with every fault of every pack."""
    packs: list[Pack] = []
    faults: list[Fault] = []
    for order, name in enumerate(names):
        folder = find_pack(name)
        pack, found = read_pack(folder, order)
        faults += found
        if pack is not None:
            if any(other.id == pack.id for other in packs):
                faults.append(Fault(str(folder / "pack.yaml"), 0, "pack", f"{pack.id} is loaded twice"))
            packs.append(pack)
    if faults:
        raise FaultList(
            f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in the packs",
            [str(fault) for fault in faults],
            "Mend the fields named; `streamward rules lint FOLDER` checks a pack again.",
        )
    return tuple(packs)


def find_pack(name: str) -> Path:
    """The folder of a pack: one of our own by id, or a path."""
    own = PACKS_FOLDER / name
    if "/" not in name and os.sep not in name and (own / "pack.yaml").is_file():
        return own
    folder = Path(name)
    if (folder / "pack.yaml").is_file():
        return folder
    known = ", ".join(sorted(path.parent.name for path in PACKS_FOLDER.glob("*/pack.yaml")))
    raise StreamwardError(
        f"no pack {name}: no folder of that name with a pack.yaml", f"Name a folder, or one of: {known}."
    )


@dataclass(slots=True)
class _Files:
    """The files of a pack by what they are; rules and pack.yaml are read, cases only named."""

    head: Source | None
    rules: list[Source]
    cases: list[Path]
    judging: list[Path]


def read_pack(folder: Path, order: int = 0) -> tuple[Pack | None, list[Fault]]:
    """Read a pack from its folder: the pack where its frame could be read, and every fault found."""
    faults: list[Fault] = []
    files = _read_files(folder, faults)
    if files.head is None:
        return None, faults or [Fault(str(folder / "pack.yaml"), 0, "", "missing")]
    frame, items = read_frame(files.head, order, faults)
    if frame is None:
        return None, faults
    compiled = [compile_rule(source.data, frame, source.name, reporter(source, faults)) for source in files.rules]
    rules = tuple(rule for rule in compiled if rule is not None)
    _check_unique(rules, faults)
    not_decided = _not_decided(files.head, rules, faults)
    pack = Pack(
        id=frame.pack,
        version=str(files.head.data["version"]),
        title=str(files.head.data["title"]),
        clauses={name: dict(clause) for name, clause in frame.clauses.items()},
        not_decided=not_decided,
        rules=rules,
        items=items,
        case_files=tuple(files.cases),
        folder=folder,
        digest=_digest(folder, files.judging),
    )
    return pack, faults


def _read_files(folder: Path, faults: list[Fault]) -> _Files:
    """The YAML files of a pack. Links are followed, but not out of the folder (those of a ConfigMap stay inside)."""
    files = _Files(None, [], [], [])
    root = folder.resolve()
    for count, path in enumerate(sorted(folder.rglob("*.yaml"), key=lambda path: path.relative_to(folder).parts)):
        # Kubernetes keeps the real files of a mounted volume in folders that begin with two dots.
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if count >= _MAX_FILES:
            faults.append(Fault(str(folder), 0, "", f"more than {_MAX_FILES} files"))
            break
        if not path.resolve().is_relative_to(root):
            faults.append(Fault(str(path), 0, "", "leads out of the folder of its pack"))
        elif path.name == "cases.yaml" or path.name.endswith(".cases.yaml"):
            files.cases.append(path)
        else:
            _read_judging(folder, path, files, faults)
    return files


def _read_judging(folder: Path, path: Path, files: _Files, faults: list[Fault]) -> None:
    source = read_source(path, str(path))
    if isinstance(source, Fault):
        faults.append(source)
        return
    if path == folder / "pack.yaml":
        files.head = source
    elif path.name == "rule.yaml" or path.name.endswith(".rule.yaml"):
        files.rules.append(source)
    else:
        faults.append(Fault(str(path), 0, "", "neither pack.yaml nor a *rule.yaml or *cases.yaml"))
        return
    files.judging.append(path)


def _not_decided(head: Source, rules: Iterable[Rule], faults: list[Fault]) -> dict[str, str]:
    """The clauses that no rule decides, with the reason that pack.yaml gives; one without a reason is a fault."""
    decided = {rule.clause.get("id") for rule in rules}
    reasons = {}
    for name, clause in head.data["clauses"].items():
        if isinstance(clause, dict) and "not_decided" in clause:
            reasons[name] = str(clause["not_decided"]).strip()
        elif name not in decided:
            faults.append(head.fault(("clauses", name), "no rule decides it; say why under not_decided"))
    return reasons


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    """SHA-256 over the names and bytes of the files that judge, the same wherever the folder lies."""
    whole = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\n{content}\n".encode())
    return whole.hexdigest()


def _check_unique(rules: Iterable[Rule], faults: list[Fault]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            faults.append(Fault(rule.file, 0, "rule", f"{rule.id} stands in {seen[rule.id]} too"))
        seen[rule.id] = rule.file
