"""RFC 3339 date-times and milliseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

EARLIEST = 1_672_531_200_000
"""2023-01-01T00:00:00Z in ms: the service did not exist before it, so no event can be older."""

LONGEST = 64
"""Characters of a time: RFC 3339 sets no end to the digits of a second, a decision that repeats it needs one."""


def parse_time(text: str) -> int | None:
    """Milliseconds since 1970, fractions of them cut off; None where `text` is no RFC 3339 date-time.

    A leap second is the second before it and one second more.
    """
    return _milliseconds(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)
def _milliseconds(text: str) -> int | None:
    """At the rates where a microsecond counts, many requests share one of their times."""
    if _RFC3339.fullmatch(text) is None:
        return None
    leap = text[17:19] == "60"
    if leap:
        text = f"{text[:17]}59{text[19:]}"
    try:
        moment = datetime.fromisoformat(text.upper())
        milliseconds = (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None
    if not leap:
        return milliseconds
    return milliseconds + 1000 if milliseconds // 1000 % 86_400 == 86_399 else None


@lru_cache(maxsize=64)
def format_time(milliseconds: int) -> str | None:
    """RFC 3339 in UTC with three digits of a second; None outside the years 1970 to 9999."""
    seconds, rest = divmod(milliseconds, 1000)
    whole = _format_second(seconds)
    return None if whole is None else f"{whole}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _format_second(seconds: int) -> str | None:
    if not 0 <= seconds < 253_402_300_800:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
