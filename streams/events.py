"""The events that enter and leave, as values: Record in, Outcome out, and what lies between.

Field names are those of the event contract (schemas/README.md). Nothing here knows Kafka or JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

Verdict = Literal["allow", "deny"]
OutcomeName = Literal["allow", "flag", "hold", "deny"]
Origin = Literal["declared", "content", "behaviour"]
Header = tuple[str, bytes]
RecordHeader = tuple[str, bytes | None]


class ReceivedRecord(Protocol):
    """What a consumed Kafka record offers; aiokafka's ConsumerRecord fits as it is."""

    @property
    def value(self) -> bytes | None: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...
    @property
    def topic(self) -> str | None: ...
    @property
    def partition(self) -> int | None: ...
    @property
    def offset(self) -> int | None: ...
    @property
    def timestamp(self) -> int | None: ...


class Record(NamedTuple):
    """A record that did not come from Kafka: a line of a file, a case of a rule. `timestamp`: ms since 1970."""

    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    timestamp: int | None = None


class Request(NamedTuple):
    """A request that fits its schema. A named tuple, because one is made for every record.

    `time` is the event time used, as RFC 3339 text, and `at` the same in ms since 1970. `data` is the event's data as
    parsed: a null in it means absent. `trace` holds traceparent and tracestate where the request carried them.
    """

    id: str
    source: str
    time: str
    at: int
    data: Mapping[str, Any]
    trace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Invalid:
    """A request with a readable identity that breaks its schema: decided, and denied as `invalid_request`.

    `faults` are the places that failed: a JSON Pointer into `data`, or None with the name of an envelope attribute.
    """

    id: str
    source: str
    time: str | None
    at: int | None
    tenant: str | None
    faults: tuple[tuple[str, str | None], ...]
    trace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that no decision can be given for. `message` never echoes content."""

    code: str
    message: str


class Evidence(NamedTuple):
    """A fact that a reason rests on. Offsets are code points into the original string at `path`."""

    fact: str
    value: Any
    origin: Origin
    path: str | None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired. `clause` is {id, title, url} and, in the enterprise code, item."""

    pack: str
    rule: str
    clause: Mapping[str, Any]
    outcome: OutcomeName
    rank: int
    message: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the engine finds: one outcome, the reasons (leading first), and the facts that were missing."""

    outcome: OutcomeName
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What leaves for one record: a decision, or the reject where there is one. `value` None: the record's own bytes.

    The other fields are what metrics count, so that nothing has to be parsed again. `at` is the event time in ms;
    `decide_seconds` the time from bytes to bytes.
    """

    value: bytes | None
    headers: Sequence[RecordHeader]
    verdict: Verdict = "deny"
    outcome: OutcomeName = "deny"
    reject: Reject | None = None
    provider: str = "unknown"
    operation: str = "unknown"
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()
    at: int | None = None
    decided_at: int = 0
    decide_seconds: float = 0.0

    @property
    def code(self) -> str | None:
        """The code of the reject; None for a decision."""
        return None if self.reject is None else self.reject.code
