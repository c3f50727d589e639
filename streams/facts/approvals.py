"""The operator's approvals: proof that a rule's exception may ask for, read once from a JSON Lines file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from streams.codec.event_time import parse_time
from streams.errors import FaultList, StreamwardError

_FIELDS = {"id": str, "tenant": str, "provider": str, "capabilities": list, "not_before": str, "expires": str}
_MAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval. Times in ms since 1970, `not_before` inclusive, `expires` exclusive."""

    id: str
    tenant: str
    provider: str
    capabilities: frozenset[str]
    use_case: str | None
    not_before: int
    expires: int

    def covers(self, tenant: str, provider: str, use_case: object, at: int) -> bool:
        """Whether it holds for this tenant, provider and registered use case at the request's time."""
        return (
            self.tenant == tenant
            and self.provider == provider
            and self.not_before <= at < self.expires
            and (self.use_case is None or self.use_case == use_case)
        )


Approvals = Mapping[str, Approval]


def load_approvals(path: str | None) -> dict[str, Approval]:
    """Read the file that STREAMWARD_APPROVALS names; no name, no approvals.

    Raises FaultList naming each faulty line and field, StreamwardError where the file cannot be read.
    """
    if path is None:
        return {}
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise StreamwardError(
            f"approvals file {path}: {error.strerror}", "Set STREAMWARD_APPROVALS to a readable JSON Lines file."
        ) from None
    return parse_approvals(lines, path)


def parse_approvals(lines: Iterable[bytes], name: str) -> dict[str, Approval]:
    """Approvals by id, one JSON object a line; blank lines are passed over. Raises FaultList with all faults."""
    approvals: dict[str, Approval] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            approval = _approval(orjson.loads(line))
        except ValueError as error:
            faults.append(f"{name}:{number}: {'not JSON' if isinstance(error, orjson.JSONDecodeError) else error}")
            continue
        if approval.id in approvals:
            faults.append(f"{name}:{number}: id: stands on an earlier line too")
        approvals[approval.id] = approval
    if faults:
        raise FaultList(
            f"{len(faults)} faults in the approvals",
            faults[:_MAX_FAULTS],
            "Each line is {id, tenant, provider, capabilities, use_case?, not_before, expires}.",
        )
    return approvals


def _approval(row: Any) -> Approval:
    """One row; ValueError names the field that is wrong."""
    if not isinstance(row, dict):
        raise ValueError("not an object")
    for field, kind in _FIELDS.items():
        if not isinstance(row.get(field), kind):
            raise ValueError(f"{field}: missing or not a {kind.__name__}")
    if row.keys() - _FIELDS.keys() - {"use_case"}:
        raise ValueError("unknown field; known are " + ", ".join([*_FIELDS, "use_case"]))
    if not isinstance(row.get("use_case"), str | None):
        raise ValueError("use_case: not a str")
    if not all(isinstance(capability, str) for capability in row["capabilities"]):
        raise ValueError("capabilities: not a list of str")
    not_before, expires = _time(row, "not_before"), _time(row, "expires")
    if not_before >= expires:
        raise ValueError("expires: not after not_before")
    capabilities = frozenset(row["capabilities"])
    return Approval(row["id"], row["tenant"], row["provider"], capabilities, row.get("use_case"), not_before, expires)


def _time(row: Mapping[str, Any], field: str) -> int:
    milliseconds = parse_time(row[field])
    if milliseconds is None:
        raise ValueError(f"{field}: not an RFC 3339 time")
    return milliseconds
