"""Measuring judgement on labelled texts: recall, false alarms, and where both go wrong."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from streams.errors import StreamwardError
from streams.events import Record
from streams.moderator import Moderator

PURPOSE_FORM = "use_case_description"
"""The form of texts that are judged as a declared purpose; any other is a user's message."""
_FIELDS = ("id", "text", "label", "coc_topic")
_LABELS = ("violation", "benign", "unclear")
_MESSAGE = {"type": "moderation.request.v1", "specversion": "1.0", "source": "/eval"}
_SERVICE = {"provider": "azure-openai", "operation": "chat.completions"}
_Z = 1.959964  # two-sided 95 % of the normal distribution


class Labelled(NamedTuple):
    """One labelled text."""

    id: str
    text: str
    form: str
    label: str
    topic: str
    language: str
    dataset: str


class Judged(NamedTuple):
    """A labelled text and its decision; a hit is deny or hold."""

    row: Labelled
    outcome: str
    clauses: tuple[str, ...]

    @property
    def hit(self) -> bool:
        return self.outcome in ("deny", "hold")


class Share(NamedTuple):
    """A share of a count, with Wilson's 95 % interval."""

    part: int
    of: int

    @property
    def value(self) -> float | None:
        return self.part / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)."""
        if not self.of:
            return None
        p, n = self.part / self.of, self.of
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Group:
    """Rows that share a topic, a language or a data set."""

    recall: Share
    alarms: Share


@dataclass(slots=True)
class Report:
    """What was measured. `groups` by kind of grouping, then by name; misses and alarms in the order of the data."""

    total: Group
    groups: dict[str, dict[str, Group]]
    clauses: Counter[str]
    misses: list[Judged] = field(default_factory=list)
    alarms: list[Judged] = field(default_factory=list)
    unclear: int = 0


def read_rows(lines: Iterable[bytes], name: str) -> Iterator[Labelled]:
    """Labelled texts, one JSON object a line. Raises StreamwardError naming the line that is none."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(line, f"{name}:{number}")


def _row(line: bytes, place: str) -> Labelled:
    fix = "Each line is {id, text, form, label: violation|benign|unclear, coc_topic, lang, dataset}."
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise StreamwardError(f"{place}: not JSON.", fix) from None
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in _FIELDS):
        raise StreamwardError(f"{place}: not a labelled text.", fix)
    if row["label"] not in _LABELS:
        raise StreamwardError(f"{place}: label is none of {', '.join(_LABELS)}.", fix)
    texts = {name: str(row.get(name) or "unknown") for name in ("form", "lang", "dataset")}
    return Labelled(
        row["id"], row["text"], texts["form"], row["label"], row["coc_topic"], texts["lang"], texts["dataset"]
    )


def judge_rows(rows: Iterable[Labelled], moderator: Moderator) -> Iterator[Judged]:
    """Judge each text as the request that its form says."""
    for row in rows:
        outcome = moderator.moderate(Record(orjson.dumps(_event(row))))
        yield Judged(row, outcome.outcome, tuple(str(reason.clause["id"]) for reason in outcome.reasons))


def _event(row: Labelled) -> dict[str, Any]:
    data: dict[str, Any] = {"tenant": "eval", "service": _SERVICE}
    if row.form == PURPOSE_FORM:
        data |= {"use": {"purpose": row.text[:2000]}, "body": {}}
    else:
        data["body"] = {"messages": [{"role": "user", "content": row.text}]}
    return {**_MESSAGE, "id": row.id[:256] or "-", "data": data}


def measure(judged: Iterable[Judged]) -> Report:
    """Recall on violations, false alarms on benign texts, by topic, language and data set."""
    counts: dict[tuple[str, str], list[int]] = {}
    report = Report(Group(Share(0, 0), Share(0, 0)), {}, Counter())
    for one in judged:
        row = one.row
        if row.label == "unclear":
            report.unclear += 1
            continue
        violation = row.label == "violation"
        for key in (("", ""), ("topic", row.topic), ("language", row.language), ("dataset", row.dataset)):
            tally = counts.setdefault(key, [0, 0, 0, 0])
            tally[0 if violation else 2] += one.hit
            tally[1 if violation else 3] += 1
        report.clauses.update(f"{row.topic}: {clause}" for clause in one.clauses[:1] if one.hit)
        if violation and not one.hit:
            report.misses.append(one)
        elif not violation and one.hit:
            report.alarms.append(one)
    for (kind, name), tally in sorted(counts.items()):
        group = Group(Share(tally[0], tally[1]), Share(tally[2], tally[3]))
        if kind:
            report.groups.setdefault(kind, {})[name] = group
        else:
            report.total = group
    return report


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs. Texts are named by id and never repeated."""
    return {
        "total": _group(report.total),
        "groups": {
            kind: {name: _group(group) for name, group in named.items()} for kind, named in report.groups.items()
        },
        "clauses": dict(report.clauses.most_common()),
        "misses": [_named(one) for one in report.misses],
        "alarms": [_named(one) for one in report.alarms],
        "unclear": report.unclear,
    }


def _group(group: Group) -> dict[str, Any]:
    return {"recall": _share(group.recall), "false_alarms": _share(group.alarms)}


def _share(share: Share) -> dict[str, Any]:
    return {"part": share.part, "of": share.of, "value": share.value, "interval": share.interval}


def _named(one: Judged) -> dict[str, Any]:
    return {"id": one.row.id, "topic": one.row.topic, "outcome": one.outcome, "clauses": list(one.clauses)}


def differences(report: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, list[str]]:
    """What an earlier report (as JSON) missed or alarmed at and this one does not, and the other way round."""
    told = {}
    for kind in ("misses", "alarms"):
        now, before = ({entry["id"] for entry in side[kind]} for side in (report, earlier))
        told[f"new_{kind}"] = sorted(now - before)
        told[f"mended_{kind}"] = sorted(before - now)
    return told
