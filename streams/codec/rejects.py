"""Records that no decision can be given for: which there are, and what they leave with."""

from hashlib import sha256

from streams.events import ReceivedRecord, RecordHeader, Reject

EMPTY = Reject("empty", "The record has no value.")
NOT_JSON = Reject("not_json", "The value is not JSON in UTF-8.")
NOT_AN_OBJECT = Reject("not_an_object", "The value is JSON, but not an object.")
NOT_CLOUDEVENTS = Reject("not_cloudevents", "Neither the headers nor the value have the attributes of a CloudEvent.")
UNSUPPORTED_TYPE = Reject("unsupported_type", "The event is not a moderation.request.v1 of CloudEvents 1.0.")
NO_IDENTITY = Reject("no_identity", "The event lacks an id of 1 to 256 or a source of 1 to 2048 characters.")

REJECT_CODES = (
    "empty",
    "too_large",
    "too_deep",
    "not_json",
    "not_an_object",
    "not_cloudevents",
    "unsupported_type",
    "no_identity",
)
"""Every code there is, in the order in which they are tried."""


def too_large(size: int, bound: int) -> Reject:
    """The value has `size` bytes, which is more than `bound`; it was not parsed."""
    return Reject("too_large", f"The value has {size} bytes, more than the bound of {bound}.")


def too_deep(bound: int) -> Reject:
    """The value nests deeper than `bound`; it was not parsed."""
    return Reject("too_deep", f"The value is nested deeper than the bound of {bound}.")


def reject_headers(record: ReceivedRecord, reject: Reject) -> list[RecordHeader]:
    """The headers of a reject whose value is the record's own: the record's headers, then why and where from.

    Those that say where from are left out where it is not known, as for a line of a file.
    """
    return [*record.headers, *_reasons(record, reject)]


def shrunk_reject(record: ReceivedRecord, reject: Reject, keep_headers: bool) -> tuple[bytes, list[RecordHeader]]:
    """Value and headers of a reject that the broker did not take whole: no value, but its size and SHA-256 (lower hex).

    Without `keep_headers` the record's own headers are left out too, which always fits.
    """
    value = record.value or b""
    headers: list[RecordHeader] = [*record.headers] if keep_headers else []
    headers += _reasons(record, reject)
    headers.append(("value-bytes", b"%d" % len(value)))
    headers.append(("value-sha256", sha256(value).hexdigest().encode()))
    return b"", headers


def _reasons(record: ReceivedRecord, reject: Reject) -> list[RecordHeader]:
    headers: list[RecordHeader] = [("error-code", reject.code.encode()), ("error-message", reject.message.encode())]
    if record.topic is not None:
        headers.append(("origin-topic", record.topic.encode()))
    for name, number in (
        ("origin-partition", record.partition),
        ("origin-offset", record.offset),
        ("origin-timestamp", record.timestamp),
    ):
        if number is not None:
            headers.append((name, b"%d" % number))
    return headers
