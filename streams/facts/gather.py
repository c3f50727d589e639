"""Declared facts and findings of the content, put together into the facts of one request."""

from collections.abc import Iterable
from functools import cached_property

from streams.events import Evidence, Request
from streams.facts.approvals import Approval, Approvals
from streams.facts.declared import declared_acts, declared_parties, declared_values
from streams.facts.known import Act, Known, Party
from streams.facts.vocabulary import vocabulary
from streams.reading.findings import ActFound, FactFound, Findings, PartyFound, Span

# What content may say about these can only take a ground away, never give one (contract, What is trusted): a value
# that would lift a rule is not taken from content.
_RAISING_ONLY = {"use.consent": frozenset({"none", "withdrawn"}), "use.oversight": frozenset({"none"})}
_NEVER_FROM_CONTENT = frozenset({"use.basis"})
_LIFTING_VALUES = {
    "use.subjects": frozenset({"self"}),
    "use.about": frozenset({"place", "object"}),
    "use.gallery": frozenset({"none", "own_device"}),
}


class Facts:
    """All that is known about one request. `at`: the event time used, ms since 1970.

    Acts are there at once, since they decide whether a request meets any rule; the rest is put together when a rule
    asks for it, which most requests never make one do. `quiet`: no filter result, no decision about a person and
    nothing read from content is among the facts.
    """

    def __init__(self, request: Request, findings: Findings, approvals: Approvals) -> None:
        self._request = request
        self._findings = findings
        self._approvals = approvals
        data = request.data
        service = data["service"]
        self.at = request.at
        self.provider: str = service["provider"]
        self.unread = findings.unread
        self.acts = declared_acts(data, findings.media)
        if findings.acts:
            self.acts += map(_content_act, findings.acts)
        use = data.get("use")
        self.quiet = not (findings.facts or data.get("signals") or (use and use.get("decision")))

    @cached_property
    def values(self) -> dict[str, tuple[Known, ...]]:
        """Every fact that is known, by name: the declared values first, then what the content adds."""
        values: dict[str, tuple[Known, ...]] = {}
        for name, known in declared_values(self._request.data):
            values[name] = (*values.get(name, ()), known)
        for fact in self._findings.facts:
            _add_content_fact(values, fact)
        for kind in sorted(self._findings.media):
            if all(known.value != kind for known in values.get("attachments.kind", ())):
                evidence = Evidence("attachments.kind", kind, "content", "/body")
                values["attachments.kind"] = (*values.get("attachments.kind", ()), Known(kind, evidence))
        return values

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """The actor and whom it acts for, declared or found in content."""
        return tuple(_with_content_parties(declared_parties(self._request.data), self._findings.parties))

    @cached_property
    def approval(self) -> Approval | None:
        """The approval that the request names, if the operator holds it and it covers the request."""
        return _named_approval(self._request, self._approvals)


def _evidence(fact: str, value: str | bool, spans: Iterable[Span]) -> tuple[Evidence, ...]:
    return tuple(_pointed(fact, value, span) for span in spans)


def _pointed(fact: str, value: str | bool, span: Span) -> Evidence:
    """A span without length points at the name of a member, which is no string that offsets could point into."""
    if span.start == span.end:
        return Evidence(fact, value, "content", span.path)
    return Evidence(fact, value, "content", span.path, span.start, span.end)


def _content_act(found: ActFound) -> Act:
    capability = found.act in vocabulary().contract_capabilities
    fact = "use.capabilities" if capability else "body"
    return Act(found.act, found.traits, found.attributes, _evidence(fact, found.act, found.spans))


def _add_content_fact(values: dict[str, tuple[Known, ...]], found: FactFound) -> None:
    if found.fact in _NEVER_FROM_CONTENT or found.value in _LIFTING_VALUES.get(found.fact, ()):
        return
    raising = _RAISING_ONLY.get(found.fact)
    if raising is not None and found.value not in raising:
        return
    known = tuple(Known(found.value, evidence) for evidence in _evidence(found.fact, found.value, found.spans))
    # A consent or an oversight that the content denies is not there, whatever was declared.
    values[found.fact] = known if raising is not None else (*values.get(found.fact, ()), *known)


def _with_content_parties(parties: list[Party], found: Iterable[PartyFound]) -> list[Party]:
    """Content names a party that is already known more closely, or adds one to the chain."""
    for party in found:
        fields = _content_fields(party)
        for index, known in enumerate(parties):
            if _same_party(known, party):
                parties[index] = Party(known.place, {**fields, **known.fields})
                break
        else:
            parties.append(Party("on_behalf_of", fields))
    return parties


def _same_party(known: Party, found: PartyFound) -> bool:
    """Whether both can be one party: nothing that is known of the one differs from the other."""
    for name, value in (("type", found.type), ("country", found.country), ("level", found.level)):
        if value is not None and name in known.fields and known.fields[name].value != value:
            return False
    return True


def _content_fields(found: PartyFound) -> dict[str, Known]:
    fields = {}
    for name, value in (("type", found.type), ("country", found.country), ("level", found.level)):
        if value is not None:
            fields[name] = Known(value, _evidence(f"actor.{name}", value, found.spans[:1])[0])
    return fields


def _named_approval(request: Request, approvals: Approvals) -> Approval | None:
    """The approval that `use.approval` names, if the operator holds it and it covers this request."""
    use = request.data.get("use") or {}
    approval = approvals.get(use.get("approval") or "")
    if approval is None:
        return None
    tenant, provider = request.data["tenant"], request.data["service"]["provider"]
    return approval if approval.covers(tenant, provider, use.get("registered_use_case"), request.at) else None
