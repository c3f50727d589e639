"""JSON Lines as records: how `check`, `send` and the demo read requests from files and pipes.

An object with `specversion` is an event and is taken as it stands; any other object is bare `data`, and gets an
envelope of its own as Kafka headers, so that the value stays the line to the byte.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from streams.events import Record

REQUEST_TYPE = "moderation.request.v1"
_READ_BYTES = 1 << 18
_BLANKS = b" \t\r\f\v"


def line_batches(stream: BinaryIO, bound: int) -> Iterator[list[bytes]]:
    """The lines of a stream without their line ends, in the batches that they arrive in.

    What has arrived is handed on before more is waited for. Of a line over `bound` bytes only `bound` + 1 bytes are
    kept, which is enough to see that it is too long, however long it is.
    """
    read = getattr(stream, "read1", stream.read)
    head = b""
    while chunk := read(_READ_BYTES):
        lines = chunk.split(b"\n")
        lines[0] = head + lines[0]
        head = lines.pop()[: bound + 2]
        if lines:
            yield [_without_end(line, bound) for line in lines]
    if head:
        yield [_without_end(head, bound)]


def _without_end(line: bytes, bound: int) -> bytes:
    line = line[:-1] if line.endswith(b"\r") else line
    return line[: bound + 1] if len(line) > bound else line


def record_of(line: bytes, at: int | None, source: str, bound: int) -> Record:
    """The record that a line stands for. `at`: ms since 1970, for requests that bring no time of their own."""
    if not line.strip(_BLANKS):
        return Record(b"", timestamp=at)
    if len(line) > bound or line.startswith(b'{"specversion"') or not is_bare(line):
        return Record(line, timestamp=at)
    return Record(line, headers=envelope_headers(digest_of(line), source), timestamp=at)


def is_bare(line: bytes) -> bool:
    """Is the line an object without `specversion`, or what could only be one if it were JSON?"""
    if not line.lstrip().startswith(b"{"):
        return False
    if b"specversion" not in line and b"\\u" not in line:
        return True
    parsed = parsed_line(line)
    return isinstance(parsed, dict) and "specversion" not in parsed


def parsed_line(line: bytes) -> Any:
    """What the line holds, lone surrogates included; None where it holds no JSON."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def digest_of(line: bytes) -> str:
    """The `input_digest` of a record whose value is the line."""
    return "sha256:" + hashlib.sha256(line).hexdigest()


def envelope_headers(identity: str, source: str) -> list[tuple[str, bytes | None]]:
    """The envelope of bare data in binary mode."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", source.encode()),
        ("ce_type", REQUEST_TYPE.encode()),
        ("content-type", b"application/json"),
    ]
