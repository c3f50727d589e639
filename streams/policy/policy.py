"""A policy: packs enforced together, indexed so that a request meets only the rules that could fire."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from streams.facts.approvals import Approvals
from streams.policy.frames import Items
from streams.policy.packs import Pack
from streams.policy.rules import Rule

_ROOT = Path(__file__).parent.parent
# The code whose reading and judging a decision depends on; the command line and the transport are not part of it.
_JUDGING = ("codec", "facts", "policy", "reading", "engine.py", "moderator.py", "decode.py", "schemas")
_COMMON_FACTS = frozenset({"attachments.kind", "service.operation"})


@dataclass(frozen=True, slots=True)
class Policy:
    """Packs ready to judge. `by_trigger` leads from an act or a closed fact to the rules it can make fire.

    `heeds_every_request`: a rule waits for a fact that nearly every request has, so that none can be passed over.
    """

    packs: tuple[Pack, ...]
    by_trigger: Mapping[str, tuple[Rule, ...]]
    heeds_every_request: bool
    items: tuple[Items, ...]
    engine: str
    digest: str

    def described(self) -> dict[str, Any]:
        """The `policy` object of a decision (contract, Decision)."""
        packs = [{"id": pack.id, "version": pack.version} for pack in self.packs]
        return {"packs": packs, "engine": self.engine, "digest": self.digest}

    def clause(self, rule: Rule, at: int) -> dict[str, Any]:
        """The clause that a reason cites: id, title, url, and the number another code gives it at this time."""
        clause = {"id": rule.clause["id"], "title": rule.clause["title"], "url": rule.clause["url"]}
        for items in self.items:
            if at >= items.start and clause["id"] in items.numbers:
                clause["item"] = items.numbers[clause["id"]]
        return clause


def make_policy(packs: Iterable[Pack], approvals: Approvals, bearing: Mapping[str, Any]) -> Policy:
    """Index packs and give the policy its identity. `bearing`: the settings that a decision depends on."""
    kept = tuple(packs)
    by_trigger: dict[str, list[Rule]] = {}
    for pack in kept:
        for rule in pack.rules:
            for trigger in rule.triggers:
                by_trigger.setdefault(trigger, []).append(rule)
    return Policy(
        packs=kept,
        by_trigger={trigger: tuple(rules) for trigger, rules in by_trigger.items()},
        heeds_every_request=not _COMMON_FACTS.isdisjoint(by_trigger),
        items=tuple(pack.items for pack in kept if pack.items is not None),
        engine=engine_name(),
        digest=_digest(kept, approvals, bearing),
    )


def engine_name() -> str:
    """Name and version of the code that judges, as decisions state it."""
    return f"streamward {metadata.version('streamward')}"


def _digest(packs: tuple[Pack, ...], approvals: Approvals, bearing: Mapping[str, Any]) -> str:
    """SHA-256 over everything but the request that a decision depends on (contract, Decision)."""
    parts = {
        "engine": engine_name(),
        "code": _code_digest(),
        "packs": [[pack.id, pack.version, pack.digest] for pack in packs],
        "approvals": [_approval_row(approvals[name]) for name in sorted(approvals)],
        "settings": dict(bearing),
    }
    return "sha256:" + hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _approval_row(approval: Any) -> list[Any]:
    return [
        approval.id,
        approval.tenant,
        approval.provider,
        sorted(approval.capabilities),
        approval.use_case,
        approval.not_before,
        approval.expires,
    ]


def _code_digest() -> str:
    """SHA-256 over the sources that read and judge, so that no change of them keeps an old identity."""
    whole = hashlib.sha256()
    for name in _JUDGING:
        place = _ROOT / name
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in files:
            if path.suffix in (".py", ".yaml", ".json"):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                whole.update(f"{path.relative_to(_ROOT).as_posix()}\n{content}\n".encode())
    return whole.hexdigest()
