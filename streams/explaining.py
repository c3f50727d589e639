"""Why a request was decided as it was: what fired and on which words, what did not and why, what was not known."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from streams.codec.pointers import value_at
from streams.engine import Judged, examine
from streams.events import Evidence, ReceivedRecord, Reject, Request
from streams.facts.gather import Facts
from streams.moderator import Moderator


def explain(moderator: Moderator, record: ReceivedRecord) -> dict[str, Any]:
    """The decision of a record and how it came about; for a reject or an invalid request only its outcome.

    `fired`, `not_fired` and `not_known` list the rules that something in the request led to; `not_met` counts the
    others. Words of the request are quoted: this is for the person who has the request before them.
    """
    request = moderator.decode(record)
    outcome = moderator.moderate(record)
    if isinstance(request, Reject):
        return {"reject": {"code": request.code, "message": request.message}}
    decision = orjson.loads(outcome.value or b"{}")["data"]
    told: dict[str, Any] = {"request": decision["request"], "verdict": outcome.verdict, "outcome": outcome.outcome}
    told |= {"policy": decision["policy"], "unknown": list(outcome.unknown)}
    if not isinstance(request, Request):
        return told | {"reasons": decision["reasons"]}
    facts = moderator.facts(request)
    judged = list(examine(moderator.policy, facts))
    rules = sum(len(pack.rules) for pack in moderator.policy.packs)
    return told | {
        "reasons": [_quoted(reason, request.data) for reason in decision["reasons"]],
        "not_fired": [_told(entry, request.data) for entry in judged if entry.truth.holds is False],
        "not_known": [_told(entry, request.data) for entry in judged if entry.truth.holds is None],
        "not_met": rules - len({(entry.rule.pack, entry.rule.id) for entry in judged}),
        "facts": _facts(facts, request.data),
    }


def _quoted(reason: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    evidence = [
        {**piece, "words": words_at(data, piece["path"], piece["start"], piece["end"])} for piece in reason["evidence"]
    ]
    return {**reason, "evidence": evidence}


def _told(entry: Judged, data: Mapping[str, Any]) -> dict[str, Any]:
    rule, truth = entry.rule, entry.truth
    return {
        "rule": rule.id,
        "clause": rule.clause["id"],
        "title": rule.clause["title"],
        "act": None if entry.act is None else entry.act.name,
        "because": [_piece(evidence, data) for evidence in truth.evidence],
        "missing": list(dict.fromkeys(truth.missing)),
        "means": rule.unknown if truth.holds is None else None,
    }


def _facts(facts: Facts, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that is known, acts and parties first."""
    pieces: list[Evidence] = [piece for act in facts.acts for piece in (*act.evidence, *act.trait_evidence)]
    pieces += [known.evidence for party in facts.parties for known in party.fields.values()]
    pieces += [known.evidence for values in facts.values.values() for known in values]
    return [_piece(piece, data) for piece in dict.fromkeys(pieces)]


def _piece(evidence: Evidence, data: Mapping[str, Any]) -> dict[str, Any]:
    words = words_at(data, evidence.path, evidence.start, evidence.end)
    return {
        "fact": evidence.fact,
        "value": evidence.value,
        "from": evidence.origin,
        "path": evidence.path,
        "words": words,
    }


def words_at(data: Mapping[str, Any], path: str | None, start: int | None, end: int | None) -> str | None:
    """The words that evidence points at; None where it points at no text."""
    if path is None or start is None:
        return None
    text = value_at(data, path)
    return text[start:end] if isinstance(text, str) else None


def worth_telling(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first entry of each rule: the same rule met by several acts says the same thing again."""
    first: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        first.setdefault(entry["rule"], entry)
    return list(first.values())
