"""`streamward rules`: the packs, read, checked and tried."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from streams.cli.options import setting_options, settings_of
from streams.cli.tables import console
from streams.errors import StreamwardError
from streams.policy.cases import CaseFile, read_cases
from streams.policy.lint import lint_pack
from streams.policy.packs import Pack, find_pack, load_packs
from streams.policy.rules import FOREVER, Rule
from streams.policy.source import Fault, read_source
from streams.trials import Trial, try_cases


@click.group()
def command() -> None:
    """The packs: which rules there are, whether they are sound, whether their cases hold.

    \b
    Example:
      streamward rules list
      streamward rules show AOAI-COC-LE-01
      streamward rules test my-pack/
    """


@command.command("list")
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, for programs.")
@setting_options("packs")
def list_rules(path: str | None, as_json: bool, **flags: Any) -> None:
    """Lists the rules of the packs in force, or of the pack at PATH.

    \b
    Example:
      streamward rules list --packs azure-openai
    """
    rows = Table("pack", "rule", "clause", "outcome", "if not known", "rank", box=box.SIMPLE_HEAD, pad_edge=False)
    for rule in sorted(_rules(_packs(path, flags)), key=lambda rule: rule.rank):
        row = [rule.pack, rule.id, rule.clause["id"], rule.outcome, rule.unknown, rule.rank]
        if as_json:
            names = ("pack", "rule", "clause", "outcome", "unknown", "rank")
            _write(dict(zip(names, row, strict=True)))
        rows.add_row(*(str(cell) for cell in row))
    if not as_json:
        console(sys.stdout.isatty()).print(rows)


@command.command("show")
@click.argument("name")
@click.argument("path", required=False)
@setting_options("packs")
def show(name: str, path: str | None, **flags: Any) -> None:
    """Shows a rule, or all rules of a clause, with their cases.

    \b
    Example:
      streamward rules show AOAI-COC-SURV-01
      streamward rules show us-police-face-recognition
    """
    packs = _packs(path, flags)
    found = [rule for rule in _rules(packs) if name in (rule.id, rule.clause["id"])]
    if not found and not any(name in pack.not_decided for pack in packs):
        raise StreamwardError(f"No rule and no clause is called {name}.", "`streamward rules list` names them.")
    page = Console(markup=False, highlight=False)
    for pack in packs:
        if name in pack.not_decided:
            page.print(f"{name}  {pack.clauses[name]['title']}\nNo rule decides it. {pack.not_decided[name]}")
    for rule in found:
        page.print(
            f"# {rule.clause['id']}  {rule.clause['title']}\n# {rule.file}, in force {_span(rule)}", style="bold"
        )
        page.print(Path(rule.file).read_text(encoding="utf-8"))
    clauses = {rule.clause["id"] for rule in found}
    for case_file in _case_files(packs, []):
        if case_file.clause in clauses:
            _show_cases(case_file, page)


@command.command("lint")
@click.argument("path", required=False)
@setting_options("packs")
def lint(path: str | None, **flags: Any) -> None:
    """Checks packs: every fault with file, line and field. Exit code 1 if there is one.

    \b
    Example:
      streamward rules lint my-pack/
    """
    names = [path] if path else settings_of(flags).packs
    faults = [fault for name in names for fault in lint_pack(find_pack(name))]
    _tell_faults(faults)
    print(f"{len(faults)} faults in {len(names)} packs", file=sys.stderr)
    sys.exit(1 if faults else 0)


@command.command("test")
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one for each case, for programs.")
@setting_options("packs")
def test(path: str | None, as_json: bool, **flags: Any) -> None:
    """Judges every case beside the rules; a pack at PATH is judged together with the packs in force.

    PATH may also be a single file of cases. Exit code 1 if a case does not come out as it says.

    \b
    Example:
      streamward rules test
      streamward rules test my-pack/
    """
    faults: list[Fault] = []
    if path and Path(path).is_file():
        packs = load_packs(settings_of(flags).packs)
        files = [_read(Path(path), faults)]
    else:
        packs, own = _with_own(path, flags)
        files = _case_files(own, faults)
    trials = list(try_cases((case for file in files for case in file.cases), packs))
    failed = [trial for trial in trials if not trial.passed]
    for trial in trials if as_json else ():
        _write({"file": trial.case.file, "name": trial.case.name, "passed": trial.passed, "why": trial.differences})
    if not as_json:
        _tell_trials(files, failed)
        _tell_faults(faults)
    misses = sum(trial.case.known_miss for trial in trials)
    told = f"{len(trials) - len(failed)} of {len(trials)} cases as expected"
    print(told + (f", {misses} of them known misses" if misses else ""), file=sys.stderr)
    sys.exit(1 if failed or faults else 0)


def _packs(path: str | None, flags: dict[str, Any]) -> tuple[Pack, ...]:
    return load_packs([path] if path else settings_of(flags).packs)


def _with_own(path: str | None, flags: dict[str, Any]) -> tuple[tuple[Pack, ...], tuple[Pack, ...]]:
    """The packs to judge under, and those whose cases are tried."""
    names = settings_of(flags).packs
    if path is None:
        packs = load_packs(names)
        return packs, packs
    own = find_pack(path).resolve()
    if all(find_pack(name).resolve() != own for name in names):
        names = (*names, path)
    packs = load_packs(names)
    return packs, tuple(pack for pack in packs if pack.folder.resolve() == own)


def _rules(packs: Iterable[Pack]) -> list[Rule]:
    return [rule for pack in packs for rule in pack.rules]


def _case_files(packs: Iterable[Pack], faults: list[Fault]) -> list[CaseFile]:
    return [_read(path, faults) for pack in packs for path in pack.case_files]


def _read(path: Path, faults: list[Fault]) -> CaseFile:
    cases, found = read_cases(path)
    faults += found
    return cases


def _span(rule: Rule) -> str:
    source = read_source(Path(rule.file), rule.file)
    data = {} if isinstance(source, Fault) else source.data
    start = "always" if rule.start == 0 else f"from {data['from']}"
    return start if rule.end == FOREVER else f"{start} until {data['until']}"


def _show_cases(case_file: CaseFile, page: Console) -> None:
    page.print(f"# cases of {case_file.clause}", style="bold")
    for case in case_file.cases:
        mark = " (known miss)" if case.known_miss else ""
        page.print(f"  {case.kind:6} {case.name}{mark}")
    for example, reason in case_file.inexpressible.items():
        page.print(f"  {example} is not expressible in one request: {reason}")


def _tell_trials(files: Iterable[CaseFile], failed: list[Trial]) -> None:
    rows = Table("clause", "cases", "failed", box=box.SIMPLE_HEAD, pad_edge=False)
    for file in files:
        wrong = sum(trial.case in file.cases for trial in failed)
        rows.add_row(file.clause, str(len(file.cases)), str(wrong) if wrong else "")
    console(sys.stdout.isatty()).print(rows)
    for trial in failed:
        print(f"{trial.case.file}:{trial.case.line}: {trial.case.kind}: {trial.case.name}: {'; '.join(trial.told)}")


def _tell_faults(faults: Iterable[Fault]) -> None:
    for fault in faults:
        print(fault)


def _write(row: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(row) + b"\n")
