"""Fetched messages as batches of records: one batch for each partition, in the partition's order."""

from collections.abc import Sequence

from confluent_kafka import Message

from streams.events import Record, RecordHeader
from streams.transport.ledger import Batch, Place

# What a named tuple does at its making, without the call that sorts its arguments: 0.2 microseconds for each record.
_new_record = tuple.__new__


def batches_of(messages: Sequence[Message]) -> list[Batch]:
    """The batches in what was fetched. None of the messages may be an error."""
    found: dict[tuple[str | None, int | None], list[Record]] = {}
    for message in messages:
        topic, partition = message.topic(), message.partition()
        kind, timestamp = message.timestamp()
        record = _new_record(
            Record,
            (
                message.value(),
                message.key(),
                _headers(message),
                topic,
                partition,
                message.offset(),
                timestamp if kind else None,
            ),
        )
        place = (topic, partition)
        if place in found:
            found[place].append(record)
        else:
            found[place] = [record]
    return [_batch(Place(topic or "", partition or 0), records) for (topic, partition), records in found.items()]


def _headers(message: Message) -> Sequence[RecordHeader]:
    try:
        return message.headers() or ()  # type: ignore[return-value]  # the stubs allow what only a producer may give
    except (UnicodeDecodeError, SystemError):
        # A header name that is no UTF-8. The client keeps a broken list behind it, which must not be touched again:
        # such a record is judged, or rejected, without its headers.
        return ()


def _batch(place: Place, records: list[Record]) -> Batch:
    size = sum(len(record.value) for record in records if record.value is not None)
    return Batch(place, records, size, (records[-1].offset or 0) + 1)
