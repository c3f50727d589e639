"""Trying cases: each is judged through the moderator, like a record from Kafka, and compared with what it expects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from streams.facts.approvals import Approvals
from streams.moderator import Moderator, Options
from streams.policy.cases import Case
from streams.policy.packs import Pack
from streams.policy.policy import make_policy


@dataclass(frozen=True, slots=True)
class Trial:
    """A case and what was wrong with its decision; nothing where it went as expected."""

    case: Case
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """A known miss passes while it still misses, and fails once it begins to work."""
        return bool(self.differences) == self.case.known_miss

    @property
    def told(self) -> tuple[str, ...]:
        """What to tell about a trial that did not pass."""
        return self.differences or ("marked as a known miss, but judged as expected: take the mark away",)


def try_cases(cases: Iterable[Case], packs: Iterable[Pack]) -> Iterator[Trial]:
    """Judge each case under these packs, with the approvals that it brings."""
    kept = tuple(packs)
    plain = _moderator(kept, {})
    for case in cases:
        moderator = _moderator(kept, case.approvals) if case.approvals else plain
        yield Trial(case, tuple(_differences(case, moderator)))


def _moderator(packs: tuple[Pack, ...], approvals: Approvals) -> Moderator:
    return Moderator(make_policy(packs, approvals, {}), approvals, Options())


def _differences(case: Case, moderator: Moderator) -> Iterator[str]:
    outcome = moderator.moderate(case.record)
    if outcome.value is None:
        yield f"rejected as {outcome.code}"
        return
    data: dict[str, Any] = orjson.loads(outcome.value)["data"]
    cited = [reason["clause"]["id"] for reason in data["reasons"]]
    if case.outcome is not None and data["outcome"] != case.outcome:
        yield f"outcome {data['outcome']}, expected {case.outcome}"
    leading = cited[0] if cited else None
    if case.leading is not None and leading != case.leading:
        yield f"leading clause {leading}, expected {case.leading}"
    yield from (f"{clause} is not cited" for clause in case.also if clause not in cited)
    yield from (f"{clause} is cited" for clause in case.never if clause in cited)
    yield from (f"{fact} is not among the unknown" for fact in case.unknown if fact not in data["unknown"])
    stopped = {reason["clause"]["id"] for reason in data["reasons"] if reason["outcome"] in ("deny", "hold")}
    if case.kind == "spared" and case.clause in stopped:
        yield f"{case.clause} stops it"
