"""Requests for tests, and their decisions through the moderator."""

from typing import Any

import orjson

from streams.events import Record
from streams.moderator import Moderator, load_moderator
from streams.settings import load_settings


def moderator(**flags: Any) -> Moderator:
    """A moderator with settings like those of an operator who set nothing but these."""
    return load_moderator(load_settings({}, flags))


def request_record(event: dict[str, Any] | None = None, **data: Any) -> Record:
    """A record with one request event; `data` over a plain request to Azure OpenAI."""
    body: dict[str, Any] = {"tenant": "t-1", "service": {"provider": "azure-openai", "operation": "chat.completions"}}
    body |= data
    if "use" not in body and "body" not in body:
        body["body"] = {}
    whole = {
        "specversion": "1.0",
        "type": "moderation.request.v1",
        "id": "r-1",
        "source": "/tests",
        "time": "2026-06-01T00:00:00Z",
        "data": body,
    }
    return Record(orjson.dumps(whole | (event or {})), key=b"t-1", topic="requests", partition=0, offset=7)


def decision(judge: Moderator, record: Record) -> dict[str, Any]:
    """The data of the decision of a record."""
    outcome = judge.moderate(record)
    assert outcome.value is not None, outcome.code
    data: dict[str, Any] = orjson.loads(outcome.value)["data"]
    return data


def clauses(data: dict[str, Any]) -> list[str]:
    """The clauses that a decision cites, leading first."""
    return [reason["clause"]["id"] for reason in data["reasons"]]
