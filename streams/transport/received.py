"""Fetched messages as batches of records: one batch for each partition, in the partition's order."""

from collections.abc import Sequence

from confluent_kafka import Message

from streams.events import Record, RecordHeader
from streams.transport.ledger import Batch, Place


def batches_of(messages: Sequence[Message]) -> list[Batch]:
    """The batches in what was fetched. None of the messages may be an error."""
    found: dict[tuple[str, int], list[Record]] = {}
    for message in messages:
        record = _record(message)
        found.setdefault((record.topic or "", record.partition or 0), []).append(record)
    return [_batch(Place(*place), records) for place, records in found.items()]


def _record(message: Message) -> Record:
    kind, timestamp = message.timestamp()
    return Record(
        message.value(),
        message.key(),
        _headers(message),
        message.topic(),
        message.partition(),
        message.offset(),
        timestamp if kind else None,
    )


def _headers(message: Message) -> Sequence[RecordHeader]:
    try:
        return message.headers() or ()  # type: ignore[return-value]  # the stubs allow what only a producer may give
    except UnicodeDecodeError:
        return ()  # a header name that is no UTF-8: the record is judged by its value


def _batch(place: Place, records: list[Record]) -> Batch:
    size = sum(len(record.value) for record in records if record.value is not None)
    return Batch(place, records, size, (records[-1].offset or 0) + 1)
