"""Bytes to outcome: decode, gather facts, decide, encode. One function, which never raises and fails closed."""

import logging
import time
from dataclasses import dataclass

from streams.codec import Bounds, DecisionEncoder, Decoder, Shadow, decision_headers, input_digest, reject_headers
from streams.engine import contract_reason, decide
from streams.events import Evidence, Invalid, Outcome, OutcomeName, ReceivedRecord, Reject, Request, Ruling, Verdict
from streams.facts.approvals import Approvals, load_approvals
from streams.facts.gather import Facts
from streams.policy.packs import load_packs
from streams.policy.policy import Policy, make_policy
from streams.reading.reader import reader_for
from streams.settings import Settings

_log = logging.getLogger(__name__)
_BOUNDS = Bounds()
_UNREADABLE = Reject("no_identity", "The moderator failed while reading the record.")
_INVALID_MESSAGE = (
    "The request does not fit the schema of moderation.request.v1. The evidence names the fields to mend; nothing else "
    "was judged."
)
_ERROR_MESSAGE = (
    "The moderator failed while judging this request, so it is denied. Send it again; tell the operator if it stays so."
)
_INTERNAL_ERROR = Ruling("deny", (contract_reason("internal_error", "deny", _ERROR_MESSAGE),))


@dataclass(frozen=True, slots=True)
class Options:
    """What besides packs and approvals a decision depends on. `source`: the application id that decisions carry."""

    source: str = "streamward"
    hold_verdict: Verdict = "deny"
    quote: bool = False
    bounds: Bounds = _BOUNDS
    text_bytes: int = 1_000_000

    def bearing(self) -> dict[str, object]:
        """The part of it that the policy digest covers."""
        return {
            "hold_verdict": self.hold_verdict,
            "quote": self.quote,
            "record_bytes": self.bounds.record_bytes,
            "depth": self.bounds.depth,
            "text_bytes": self.text_bytes,
        }


class Moderator:
    """Judges records under one policy; candidates in `shadow` are judged beside it and never enforced."""

    def __init__(self, policy: Policy, approvals: Approvals, options: Options, shadow: tuple[Policy, ...] = ()) -> None:
        self.policy = policy
        self.policy_object = policy.described()
        self.digest = policy.digest
        self._approvals = approvals
        self._hold_verdict: Verdict = options.hold_verdict
        self._shadow = shadow
        self._decoder = Decoder(options.bounds)
        self._reader = reader_for(options.text_bytes)
        self._encoder = DecisionEncoder(options.source, self.policy_object, options.quote)

    def moderate(self, record: ReceivedRecord, now_ms: int | None = None) -> Outcome:
        """The one outcome of a record. Never raises: a fault of our own denies. `now_ms`: when it is decided."""
        start = time.perf_counter_ns()
        now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
        try:
            request = self._decoder.decode(record, now)
        except Exception as error:  # noqa: BLE001  whatever reading runs into, the record still leaves its one outcome
            _report(error)
            request = _UNREADABLE
        if isinstance(request, Reject):
            took = (time.perf_counter_ns() - start) / 1e9
            return Outcome(None, reject_headers(record, request), reject=request, decided_at=now, decide_seconds=took)
        try:
            return self._decision(request, record, now, start, *self._judge(request))
        except Exception as error:  # noqa: BLE001  the moderator fails closed, whatever it ran into
            _report(error)
            return self._decision(request, record, now, start, _INTERNAL_ERROR, ())

    def facts(self, request: Request) -> Facts:
        """What is known about a request; for explaining a decision."""
        return Facts(request, self._reader.read(request.data), self._approvals)

    def decode(self, record: ReceivedRecord, now_ms: int | None = None) -> Request | Invalid | Reject:
        """The request in a record; for explaining a decision."""
        return self._decoder.decode(record, now_ms)

    def _judge(self, request: Request | Invalid) -> tuple[Ruling, tuple[Shadow, ...]]:
        if isinstance(request, Invalid):
            return _invalid(request), ()
        facts = self.facts(request)
        ruling = decide(self.policy, facts)
        if not self._shadow:
            return ruling, ()
        beside = ((candidate.digest, decide(candidate, facts)) for candidate in self._shadow)
        return ruling, tuple(Shadow(digest, self._verdict(other.outcome), other) for digest, other in beside)

    def _verdict(self, outcome: OutcomeName) -> Verdict:
        if outcome == "hold":
            return self._hold_verdict
        return "deny" if outcome == "deny" else "allow"

    def _decision(
        self,
        request: Request | Invalid,
        record: ReceivedRecord,
        now: int,
        start: int,
        ruling: Ruling,
        shadow: tuple[Shadow, ...],
    ) -> Outcome:
        verdict = self._verdict(ruling.outcome)
        digest = input_digest(record.value or b"")
        spent = time.perf_counter_ns() - start
        value = self._encoder.encode_decision(
            request,
            record,
            ruling,
            verdict,
            digest_of_input=digest,
            decided_at=now,
            decide_us=spent // 1000,
            shadow=shadow,
        )
        service = request.data["service"] if isinstance(request, Request) else {}
        return Outcome(
            value,
            decision_headers(request, verdict, ruling.outcome, self.digest),
            verdict=verdict,
            outcome=ruling.outcome,
            provider=service.get("provider") or "unknown",
            operation=service.get("operation") or "unknown",
            reasons=ruling.reasons,
            unknown=ruling.unknown,
            at=request.at,
            decided_at=now,
            decide_seconds=(time.perf_counter_ns() - start) / 1e9,
        )


def load_moderator(settings: Settings) -> Moderator:
    """A moderator as the settings have it. Raises StreamwardError with all faults of packs or approvals."""
    options = Options(
        source=settings.app_id,
        hold_verdict="allow" if settings.hold_verdict == "allow" else "deny",
        quote=settings.quote,
        bounds=Bounds(settings.max_record_bytes, settings.max_depth),
        text_bytes=settings.max_text_bytes,
    )
    approvals = load_approvals(settings.approvals)
    bearing = options.bearing()
    shadow = tuple(make_policy([pack], approvals, bearing) for pack in load_packs(settings.shadow_packs))
    bearing["shadow"] = [candidate.digest for candidate in shadow]
    policy = make_policy(load_packs(settings.packs), approvals, bearing)
    return Moderator(policy, approvals, options, shadow)


def _invalid(request: Invalid) -> Ruling:
    evidence = tuple(Evidence(fact, None, "declared", path) for fact, path in request.faults)
    return Ruling("deny", (contract_reason("invalid_request", "deny", _INVALID_MESSAGE, evidence),))


def _report(error: Exception) -> None:
    """Say what failed and where. The error's own text may hold content, so it is left out."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "unknown"
    _log.error("internal error", extra={"error": type(error).__name__, "where": where})
