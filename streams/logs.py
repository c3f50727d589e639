"""The log: one JSON object a line, or plain lines on a terminal. It never holds user content or secrets."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

REPEAT_SECONDS = 30.0
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Libraries that speak of what they do and not of what a person must know.
_QUIET = ("faust", "mode", "aiokafka", "kafka", "aiohttp", "asyncio")


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, what was passed as `extra`, and the fault where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return json.dumps(line, default=str)


class PlainLines(logging.Formatter):
    """For a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{clock} {record.levelname.lower():7} {record.getMessage()}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f" [{record.exc_info[0].__name__} at {' < '.join(_places(record))}]"
        return line


class SeldomRepeats(logging.Filter):
    """Lets a warning of the Kafka clients through once in 30 seconds: a broker that is gone is said, not chanted."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if len(self._seen) > 1000:
            self._seen.clear()
        text = record.getMessage() if isinstance(record.msg, str) else ""
        key = (record.name, "".join(letter for letter in text if not letter.isdigit())[:80])
        if now - self._seen.get(key, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        self._seen[key] = now
        return True


def set_up_logging(form: str, level: str) -> None:
    """Sends the whole process's log to standard error in one form. `auto` is plain on a terminal and JSON elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    plain = form == "text" or (form == "auto" and sys.stderr.isatty())
    handler.setFormatter(PlainLines() if plain else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in ("streams.transport.intake", "streams.transport.outlet", "streams.transport.faults"):
        logger = logging.getLogger(name)
        logger.filters[:] = [SeldomRepeats()]


def _places(record: logging.LogRecord) -> list[str]:
    """Where a fault arose, innermost first: files and lines only, because messages and values may hold content."""
    trace = record.exc_info[2] if record.exc_info else None
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[::-1][:8]
