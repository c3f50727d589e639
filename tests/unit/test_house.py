"""The rules of the house: what holds for every file, whoever writes it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MODULES = sorted(path for top in ("streams", "tests", "deploy") for path in (ROOT / top).rglob("*.py"))
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core", "misc"}


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_names_say_what_is_inside(path: Path) -> None:
    classes = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    words = {word.lower() for name in classes for word in re.findall("[A-Z][a-z]+", name)}
    words |= {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.lower().split("_")}
    assert not words & VAGUE


def pins(lock: Path) -> dict[str, str]:
    """Name to version of all that the lock pins."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=short)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text())
    wanted = [entry for entry in entries if not entry.startswith("#")]
    assert [entry.split("\n")[0] for entry in wanted if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|index|find-links|\.whl", lock.read_text())


def test_the_locks_agree_with_each_other_and_with_the_project() -> None:
    runtime, everything = (pins(lock) for lock in LOCKS)
    assert runtime.items() <= everything.items()
    wanted = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
    tools = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
    backend = [Requirement(line) for line in PROJECT["build-system"]["requires"]]
    assert [str(need) for need in wanted if not met(need, runtime)] == []
    assert [str(need) for need in tools + backend if not met(need, everything)] == []


def met(need: Requirement, pinned: dict[str, str]) -> bool:
    return need.specifier.contains(pinned.get(canonicalize_name(need.name), "0"))


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_what_the_package_imports_is_declared_and_what_is_declared_is_imported() -> None:
    homes = packages_distributions()
    names = {name for path in MODULES if short(path).startswith("streams/") for name in imported(path)}
    used = {canonicalize_name(homes[name][0]) for name in names if name in homes} - {"streamward"}
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    assert used == declared
