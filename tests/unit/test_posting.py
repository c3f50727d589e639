"""What is sent for a line: the event as it stands, or bare data in an envelope, in both modes."""

import json

import pytest

from streams.events import Record, Request
from streams.lines import digest_of
from streams.posting import message_of
from tests.requests import moderator

DATA = b'{"tenant": "t-1", "service": {"provider": "azure-openai"}, "use": {"capabilities": ["count"]}}'
EVENT = (
    b'{"specversion": "1.0", "id": "r-1", "source": "/gateway", "type": "moderation.request.v1", '
    b'"time": "2026-06-01T00:00:00Z", "traceparent": "00-1-2-3", "priority": 7, "data": ' + DATA + b"}"
)


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(("line", "identity", "source"), [(EVENT, "r-1", "/gateway"), (DATA, digest_of(DATA), "/mine")])
def test_a_message_is_read_back_as_the_same_request(line: bytes, identity: str, source: str, binary: bool) -> None:
    message = message_of(line, "/mine", binary)
    assert message is not None
    record = Record(message.value, message.key, message.headers, timestamp=1_780_000_000_000)
    request = moderator().decode(record)
    assert isinstance(request, Request)
    assert (request.id, request.source, message.key, message.identity) == (identity, source, b"t-1", identity)
    assert request.data == json.loads(DATA)


def test_an_event_is_sent_to_the_byte_and_said_to_be_structured() -> None:
    message = message_of(EVENT, "/mine")
    assert message is not None
    assert message.value == EVENT
    assert list(message.headers) == [("content-type", b"application/cloudevents+json")]


def test_in_binary_mode_the_attributes_are_headers_and_the_data_is_the_value() -> None:
    message = message_of(EVENT, "/mine", binary=True)
    assert message is not None
    headers = dict(message.headers)
    assert headers["ce_traceparent"] == b"00-1-2-3"
    assert headers["ce_priority"] == b"7"
    assert headers["content-type"] == b"application/json"
    assert "ce_data" not in headers


@pytest.mark.parametrize("line", [b"[]", b"7", b"not json", b'{"tenant"', b"\xff"])
def test_what_is_no_object_is_no_message(line: bytes) -> None:
    assert message_of(line, "/mine") is None


@pytest.mark.parametrize("line", [b"{}", b'{"tenant": 5}', b'{"specversion": "1.0", "data": []}'])
def test_without_a_readable_tenant_there_is_no_key(line: bytes) -> None:
    message = message_of(line, "/mine")
    assert message is not None
    assert message.key is None
