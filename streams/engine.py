"""Policy and facts to a ruling: pure, no clock, no input or output."""

from collections.abc import Iterator
from typing import NamedTuple

from streams.events import Evidence, OutcomeName, Reason, Ruling
from streams.facts.gather import Facts
from streams.facts.known import Act
from streams.policy.policy import Policy
from streams.policy.rules import Rule
from streams.policy.truth import Truth

PLAIN_ALLOW = Ruling("allow")
TEXT_BOUND_MESSAGE = (
    "The request holds more text than the moderator reads, and what it read alone decides nothing. "
    "Send the text in smaller requests, or have a reviewer look at this one."
)
_SEVERITY: dict[OutcomeName, int] = {"deny": 0, "hold": 1, "flag": 2, "allow": 3}


class Judged(NamedTuple):
    """One rule met by one act, or by the request as a whole where `act` is None."""

    rule: Rule
    act: Act | None
    truth: Truth


def decide(policy: Policy, facts: Facts) -> Ruling:
    """All reasons, leading first, and the facts that were missing. A request that meets no rule is allowed."""
    if facts.quiet and not facts.acts and facts.unread is None and not policy.heeds_every_request:
        return PLAIN_ALLOW
    fired: dict[tuple[int, str], tuple[Rule, OutcomeName, list[Evidence]]] = {}
    missing: set[str] = set()
    for rule, _, truth in examine(policy, facts):
        if truth.holds is None:
            missing.update(truth.missing)
        outcome = _outcome(rule, truth)
        if outcome is None:
            continue
        before = fired.get((rule.order, rule.id))
        if before is None or _SEVERITY[outcome] < _SEVERITY[before[1]]:
            fired[rule.order, rule.id] = (rule, outcome, list(truth.evidence))
        elif outcome == before[1]:
            before[2].extend(truth.evidence)
    if not fired and not missing and facts.unread is None:
        return PLAIN_ALLOW
    reasons = [_reason(policy, rule, outcome, evidence, facts.at) for rule, outcome, evidence in _leading(fired)]
    if facts.unread is not None and not any(reason.outcome == "deny" for reason in reasons):
        reasons.insert(sum(reason.outcome == "hold" for reason in reasons), _text_bound(facts.unread))
    return Ruling(reasons[0].outcome if reasons else "allow", tuple(reasons), tuple(sorted(missing)))


def examine(policy: Policy, facts: Facts) -> Iterator[Judged]:
    """Every rule in force that an act or a closed fact of the request leads to, with its truth."""
    index = policy.by_trigger
    for act in facts.acts:
        for rule in index.get(act.name, ()):
            if rule.binds(facts.provider, facts.at):
                yield Judged(rule, act, rule.holds(facts, act))
    if facts.quiet and not policy.heeds_every_request:
        return
    met: set[tuple[int, str]] = set()
    for name in facts.values:
        for rule in index.get(name, ()):
            if (rule.order, rule.id) not in met and rule.binds(facts.provider, facts.at):
                met.add((rule.order, rule.id))
                yield Judged(rule, None, rule.holds(facts, None))


def _outcome(rule: Rule, truth: Truth) -> OutcomeName | None:
    if truth.holds:
        return rule.outcome
    if truth.holds is None and rule.unknown != "nothing":
        return rule.unknown
    return None


def _leading(
    fired: dict[tuple[int, str], tuple[Rule, OutcomeName, list[Evidence]]],
) -> list[tuple[Rule, OutcomeName, list[Evidence]]]:
    """In the order of the contract: outcome, rank, pack, rule id. Duties are silent beside a hold or a deny."""
    kept = list(fired.values())
    if any(outcome in ("deny", "hold") for _, outcome, _ in kept):
        kept = [entry for entry in kept if not entry[0].duty]
    return sorted(kept, key=lambda entry: (_SEVERITY[entry[1]], entry[0].rank, entry[0].order, entry[0].id))


def _reason(policy: Policy, rule: Rule, outcome: OutcomeName, evidence: list[Evidence], at: int) -> Reason:
    return Reason(
        pack=rule.pack,
        rule=rule.id,
        clause=policy.clause(rule, at),
        outcome=outcome,
        rank=rule.rank,
        message=rule.message if outcome == rule.outcome else rule.message_unknown,
        evidence=tuple(dict.fromkeys(evidence)),
    )


def contract_reason(rule: str, outcome: OutcomeName, message: str, evidence: tuple[Evidence, ...] = ()) -> Reason:
    """A reason of the moderator's own, which rests on the event contract and on no pack."""
    clause = {"id": "CONTRACT", "title": "The event contract of the moderator", "url": None}
    return Reason("contract", rule, clause, outcome, 9999, message, evidence)


def _text_bound(unread: tuple[str, int]) -> Reason:
    path, start = unread
    evidence = Evidence("body", "unread", "content", path, start, None)
    return contract_reason("text_bound", "hold", TEXT_BOUND_MESSAGE, (evidence,))
