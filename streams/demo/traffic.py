"""What the demo's gateway sends: requests of our own without end, or the lines of the user's file."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from itertools import count, cycle
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import yaml

from streams.errors import StreamwardError
from streams.lines import REQUEST_TYPE, line_batches

SOURCE = "/demo/gateway"
POINTED_SHARE = 0.22


def sample_lines(seed: int = 7) -> Iterator[bytes]:
    """Events of our own without end: mostly ordinary, one in five where the code of conduct has something to say.

    The first is pointed, so that the first verdict has a clause to show.
    """
    samples = yaml.safe_load(files("streams.demo").joinpath("requests.yaml").read_text("utf-8"))
    choose = random.Random(seed)  # noqa: S311  an order to look at, no secret
    pointed, ordinary = cycle(samples["pointed"]), shuffled(samples["ordinary"], choose)
    for number in count(1):
        data = next(pointed) if number == 1 or choose.random() < POINTED_SHARE else next(ordinary)
        yield orjson.dumps(
            {
                "specversion": "1.0",
                "id": f"demo-{number:06}",
                "source": SOURCE,
                "type": REQUEST_TYPE,
                "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "data": {**data, "user": f"u-{choose.randrange(400):03}"},
            }
        )


def shuffled(samples: list[Any], choose: random.Random) -> Iterator[Any]:
    """All samples in an order, then all in another, and so on."""
    while True:
        yield from choose.sample(samples, len(samples))


def file_lines(path: str, bound: int) -> Iterator[bytes]:
    """The lines of a file, blank ones left out."""
    with opened(path) as stream:
        for batch in line_batches(stream, bound):
            yield from (line for line in batch if line.strip())


def count_lines(path: str) -> int:
    """About how many requests a file holds. Raises StreamwardError where it cannot be read."""
    with opened(path) as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) + 1


def opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise StreamwardError(f"{path} cannot be read: {error.strerror}.", "Name a file of JSON Lines.") from None


def asked(data: Mapping[str, Any]) -> str:
    """What a request asks for: in its own words where it has some, else what is declared of it."""
    body, use, service = (_mapping(data.get(name)) for name in ("body", "use", "service"))
    session, given = _mapping(body.get("session")), body.get("input")
    listed = "; ".join(map(str, given)) if isinstance(given, list) else given
    for found in (last_said(body.get("messages")), body.get("prompt"), listed, session.get("instructions")):
        if isinstance(found, str) and found.strip():
            return f'"{found.strip()}"'
    capabilities = use.get("capabilities")
    declared = [f"{name} {use[name]}" for name in ("camera", "timing", "purpose") if isinstance(use.get(name), str)]
    what = "+".join(map(str, capabilities)) if isinstance(capabilities, list) else str(service.get("operation") or "")
    return ", ".join(filter(None, (what, str(body.get("file") or ""), *declared)))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def last_said(messages: Any) -> str | None:
    """The text of the last message."""
    last = messages[-1] if isinstance(messages, list) and messages else None
    content = last.get("content") if isinstance(last, Mapping) else None
    if isinstance(content, list):
        content = " ".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else None
