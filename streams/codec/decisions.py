"""A ruling out as the bytes and headers of a decision, within the bounds of the contract."""

from collections.abc import Mapping, Sequence
from hashlib import sha1, sha256
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL

import orjson

from streams.codec.event_time import format_time
from streams.codec.faults import shortened_pointer
from streams.codec.pointers import value_at
from streams.events import Evidence, Header, Invalid, OutcomeName, Reason, ReceivedRecord, Request, Ruling, Verdict

REASON_BOUND = 64
EVIDENCE_BOUND = 16
SIZE_BOUND = 512 * 1024

_CONTENT_TYPE: Header = ("content-type", b"application/cloudevents+json; charset=UTF-8")
_URL_NAMESPACE = sha1(NAMESPACE_URL.bytes, usedforsecurity=False)
# RFC 9562: the two upper bits of the variant octet are 10.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_UNENDING = 253_402_300_799_999


class Shadow(NamedTuple):
    """What candidate packs would have decided: their policy digest, and their verdict and ruling."""

    digest: str
    verdict: Verdict
    ruling: Ruling


def decision_id(source: str, request_id: str, digest: str) -> str:
    """`uuid5(NAMESPACE_URL, source + "\\n" + id + "\\n" + policy digest)`: the same for a redelivered request."""
    hashed = _URL_NAMESPACE.copy()
    hashed.update(f"{source}\n{request_id}\n{digest}".encode())
    text = hashed.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


def input_digest(value: bytes) -> str:
    """The digest of a record's value as received."""
    return f"sha256:{sha256(value).hexdigest()}"


def decision_headers(request: Request | Invalid, verdict: Verdict, outcome: OutcomeName, digest: str) -> list[Header]:
    """The Kafka headers of a decision, so that a consumer can route without parsing; trace context comes last."""
    headers = [
        ("verdict", verdict.encode()),
        ("outcome", outcome.encode()),
        ("request-id", request.id.encode()),
        ("request-source", request.source.encode()),
        ("policy-digest", digest.encode()),
        _CONTENT_TYPE,
    ]
    if request.trace:
        headers += [(name, text.encode()) for name, text in request.trace]
    return headers


class DecisionEncoder:
    """Writes decisions of one moderator under one policy, whose parts of the JSON are written once.

    `source` is the application id, `policy` the object {packs, engine, digest}. With `quote`, evidence that points at
    a stretch of text carries the words.
    """

    def __init__(self, source: str, policy: Mapping[str, Any], quote: bool = False) -> None:
        self._source = source
        self._digest: str = policy["digest"]
        self._policy = orjson.Fragment(orjson.dumps(policy))
        self._quote = quote

    def encode_decision(
        self,
        request: Request | Invalid,
        record: ReceivedRecord,
        ruling: Ruling,
        verdict: Verdict,
        digest_of_input: str,
        decided_at: int,
        decide_us: int,
        shadow: Sequence[Shadow] = (),
    ) -> bytes:
        """A decision as a CloudEvent in structured JSON. `decided_at` is in ms since 1970, `decide_us` in µs.

        A decision above 512 KiB is written without evidence, which `evidence_omitted` then counts.
        """
        quoted = request.data if self._quote and isinstance(request, Request) else None
        data: dict[str, Any] = {
            "request": _identity(request, record),
            "verdict": verdict,
            "outcome": ruling.outcome,
            "reasons": [],
            "unknown": ruling.unknown,
            "policy": self._policy,
            "shadow": [],
            "input_digest": digest_of_input,
            "timing": {"age_ms": None if request.at is None else decided_at - request.at, "decide_us": decide_us},
        }
        event = {
            "specversion": "1.0",
            "id": decision_id(request.source, request.id, self._digest),
            "source": self._source,
            "type": "moderation.decision.v1",
            "subject": request.id,
            "time": format_time(decided_at) or format_time(_UNENDING),
            "datacontenttype": "application/json",
            "data": data,
        }
        if not ruling.reasons and not shadow:
            return orjson.dumps(event)
        _fill(data, ruling, shadow, EVIDENCE_BOUND, quoted)
        encoded = orjson.dumps(event)
        if len(encoded) > SIZE_BOUND:
            _fill(data, ruling, shadow, 0, None)
            encoded = orjson.dumps(event)
        return encoded


def _identity(request: Request | Invalid, record: ReceivedRecord) -> dict[str, Any]:
    return {
        "id": request.id,
        "source": request.source,
        "tenant": request.data["tenant"] if isinstance(request, Request) else request.tenant,
        "time": request.time,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
    }


def _fill(
    data: dict[str, Any], ruling: Ruling, shadow: Sequence[Shadow], pieces: int, quoted: Mapping[str, Any] | None
) -> None:
    data.update(_reasons(ruling, pieces, quoted))
    data["shadow"] = [
        {
            "digest": candidate.digest,
            "verdict": candidate.verdict,
            "outcome": candidate.ruling.outcome,
            **_reasons(candidate.ruling, pieces, quoted),
        }
        for candidate in shadow
    ]


def _reasons(ruling: Ruling, pieces: int, quoted: Mapping[str, Any] | None) -> dict[str, Any]:
    listed = [_reason(reason, pieces, quoted) for reason in ruling.reasons[:REASON_BOUND]]
    omitted = len(ruling.reasons) - len(listed)
    return {"reasons": listed, "reasons_omitted": omitted} if omitted else {"reasons": listed}


def _reason(reason: Reason, pieces: int, quoted: Mapping[str, Any] | None) -> dict[str, Any]:
    evidence = [_evidence(piece, quoted) for piece in reason.evidence[:pieces]]
    written: dict[str, Any] = {
        "rule": reason.rule,
        "clause": reason.clause,
        "outcome": reason.outcome,
        "message": reason.message,
        "evidence": evidence,
    }
    if len(evidence) < len(reason.evidence):
        written["evidence_omitted"] = len(reason.evidence) - len(evidence)
    return written


def _evidence(piece: Evidence, quoted: Mapping[str, Any] | None) -> dict[str, Any]:
    written = {
        "fact": piece.fact,
        "value": piece.value,
        "from": piece.origin,
        "path": None if piece.path is None else shortened_pointer(piece.path),
        "start": piece.start,
        "end": piece.end,
    }
    if quoted is not None and piece.path is not None and piece.start is not None:
        text = value_at(quoted, piece.path)
        if isinstance(text, str):
            written["quote"] = text[piece.start : piece.end]
    return written
