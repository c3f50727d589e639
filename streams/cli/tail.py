"""`streamward tail`: events as they go by."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import click
import orjson
from kafka import KafkaConsumer, TopicPartition

from streams.cli import coloured
from streams.cli.cluster import consumer
from streams.cli.options import BROKERS, TOPICS, setting_options, settings_of
from streams.errors import StreamwardError
from streams.lines import parsed_line
from streams.wording import basis_of, shorten

COLOURS = {"allow": "32", "flag": "33", "hold": "35", "deny": "31;1"}
FETCH_BYTES = 8 * 1024 * 1024


class Event(Protocol):
    """A record as kafka-python hands it out."""

    value: bytes | None
    key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    partition: int
    offset: int
    timestamp: int


@click.command()
@click.argument("stream", type=click.Choice(["requests", "decisions", "rejects"]))
@click.option("--from-beginning", is_flag=True, help="Start with the oldest event that the topic still has.")
@click.option("-n", "last", type=click.IntRange(0), metavar="N", help="Start with the last N events.")
@click.option("--no-follow", is_flag=True, help="End with the newest event there is now; do not wait for more.")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="For people or programs.")
@click.option("--raw", is_flag=True, help="The events' own bytes, one a line: this shows what users wrote.")
@setting_options("app_id", *TOPICS, *BROKERS)
def command(
    stream: str, from_beginning: bool, last: int | None, no_follow: bool, form: str, raw: bool, **flags: Any
) -> None:
    """Shows events from now on, a line each, until Ctrl-C; joins no group and commits nothing.

    Of a request it shows who sent it and not what it says, but with --raw. Of a decision --format jsonl shows the
    whole event, as `streamward check --verify` takes it.

    \b
    Example:
      streamward tail decisions
      streamward tail decisions --from-beginning --no-follow --format jsonl > decisions.jsonl
    """
    settings = settings_of(flags)
    topic: str = getattr(settings, f"topic_{stream}")
    show = {"requests": request_row, "decisions": decision_row, "rejects": reject_row}[stream]
    # A batch that is larger than a fetch would otherwise hold kafka-python up for good.
    with consumer(settings, max_partition_fetch_bytes=FETCH_BYTES, enable_auto_commit=False) as client:
        ends = start(client, topic, from_beginning, last)
        if not no_follow:
            print(f"{topic}, {len(ends)} partitions; Ctrl-C ends", file=sys.stderr)
        for event in newest(client, ends, last) if last else events(client, ends, no_follow):
            write(event, show, form, raw)
        if last and not no_follow:
            for event in events(client, ends, False):
                write(event, show, form, raw)


Ends = dict[TopicPartition, int]


def start(client: KafkaConsumer, topic: str, from_beginning: bool, last: int | None) -> Ends:
    """Places the consumer, and says where each partition ends at this moment."""
    numbers = client.partitions_for_topic(topic)
    if not numbers:
        raise StreamwardError(f"There is no topic {topic}.", "Run `streamward topics create`, or check its name.")
    places = [TopicPartition(topic, number) for number in sorted(numbers)]
    client.assign(places)
    ends: Ends = client.end_offsets(places)
    starts = client.beginning_offsets(places)
    for place in places:
        back = ends[place] - starts[place] if from_beginning else last or 0
        client.seek(place, max(starts[place], ends[place] - back))
    return ends


def events(client: KafkaConsumer, ends: Ends, until_ends: bool) -> Iterator[Event]:
    """Events as they come; with `until_ends` no further than what there was at the start."""
    while not until_ends or any(client.position(place) < end for place, end in ends.items()):
        for fetched in client.poll(timeout_ms=500).values():
            for event in fetched:
                if not until_ends or event.offset < ends[TopicPartition(event.topic, event.partition)]:
                    yield event


def newest(client: KafkaConsumer, ends: Ends, last: int) -> list[Event]:
    """The last events over all partitions, by their time."""
    found = sorted(events(client, ends, True), key=lambda event: (event.timestamp, event.partition, event.offset))
    return found[-last:]


def write(event: Event, show: Any, form: str, raw: bool) -> None:
    """One event on one line of standard output."""
    if raw:
        line = (event.value or b"").replace(b"\r", b" ").replace(b"\n", b" ")
    elif form == "jsonl" and show is decision_row:
        line = event.value or b"null"
    else:
        row = show(event)
        line = orjson.dumps(row) if form == "jsonl" else text_of(row).encode()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def place_of(event: Event) -> dict[str, Any]:
    moment = datetime.fromtimestamp(event.timestamp / 1000, UTC).isoformat(timespec="milliseconds")
    return {"time": moment.replace("+00:00", "Z"), "partition": event.partition, "offset": event.offset}


def request_row(event: Event) -> dict[str, Any]:
    """Who sent a request, and nothing of what it says."""
    headers = dict(event.headers)
    identity = {"id": _text(headers.get("ce_id")), "source": _text(headers.get("ce_source"))}
    parsed = None if identity["id"] else parsed_line(event.value or b"")
    if isinstance(parsed, dict):
        identity = {name: parsed.get(name) for name in ("id", "source")}
    return {**place_of(event), "tenant": _text(event.key), **identity, "bytes": len(event.value or b"")}


def decision_row(event: Event) -> dict[str, Any]:
    """The verdict in a line."""
    parsed = parsed_line(event.value or b"")
    try:
        data = parsed["data"]
        leading, others = (data["reasons"] or [None])[0], max(0, len(data["reasons"]) - 1)
        row = {"outcome": data["outcome"], "verdict": data["verdict"], "id": data["request"]["id"]}
        if leading:
            row["clause"] = leading["clause"]["id"] + (f" +{others}" if others else "")
            row["rests on"] = basis_of(leading)
        return {**place_of(event), **row}
    except (TypeError, KeyError, IndexError):
        return {**place_of(event), "outcome": "not a decision"}


def reject_row(event: Event) -> dict[str, Any]:
    """Why a record was rejected and where it came from, and nothing of what it holds."""
    headers = {name: _text(value) for name, value in event.headers}
    origin = f"{headers.get('origin-topic')}/{headers.get('origin-partition')}/{headers.get('origin-offset')}"
    row = {"code": headers.get("error-code"), "message": headers.get("error-message"), "origin": origin}
    return {**place_of(event), **row, "bytes": len(event.value or b"")}


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def text_of(row: dict[str, Any]) -> str:
    """A row for a person: the time of day, then what matters, each part named but the first."""
    clock = str(row.pop("time"))[11:23]
    parts = [f"{row.pop('partition')}/{row.pop('offset')}"]
    if "outcome" in row:
        outcome = str(row.pop("outcome"))
        parts.append(coloured(f"{outcome:<5}", COLOURS.get(outcome, "0"), sys.stdout))
        row.pop("verdict", None)
    parts.extend(f"{name} {shorten(str(value), 120)}" for name, value in row.items() if value is not None)
    return "  ".join([clock, *parts])
