"""Requests as callers send them, and what reading finds. A sentence may begin with "[2 images] " or "[audio] "."""

import re
from collections.abc import Mapping
from typing import Any

from streams.reading.findings import ActFound, Findings
from streams.reading.reader import Reader

READER = Reader()
HARMLESS = {"age_range", "expression", "hair_colour", "clothing"}
_ATTACHED = re.compile(r"\[(\d+) images?\] |\[(audio)\] ")


def chat(said: str | None, *, system: str | None = None, **members: Any) -> dict[str, Any]:
    """Data of a chat request; `members` are further members of the body."""
    messages: list[dict[str, Any]] = []
    if system is not None:
        messages.append({"role": "system", "content": system})
    if said is not None:
        messages.append({"role": "user", "content": _content(said)})
    return data({"messages": messages, **members})


def asked(said: str) -> dict[str, Any]:
    """A request in one sentence, which may begin with "[purpose] " or "[system] ", or as for `chat`."""
    if said.startswith("[purpose] "):
        return purpose(said.removeprefix("[purpose] "))
    if said.startswith("[system] "):
        return chat("Next.", system=said.removeprefix("[system] "))
    return chat(said)


def data(body: Any, operation: str = "chat.completions", **members: Any) -> dict[str, Any]:
    """Data of a request to Azure OpenAI with this body."""
    service = {"provider": "azure-openai", "operation": operation}
    return {"tenant": "t-1", "service": service, "body": body, **members}


def purpose(text: str) -> dict[str, Any]:
    """Data of a request that only declares its purpose."""
    return data({}, use={"purpose": text})


def read(request: Mapping[str, Any]) -> Findings:
    """What one reader, shared by all tests, finds."""
    return READER.read(request)


def acts_of(request: Mapping[str, Any]) -> set[str]:
    """The names of the acts found."""
    return {act.act for act in read(request).acts}


def grave_acts_of(request: Mapping[str, Any]) -> set[str]:
    """The acts that some clause forbids: observing an age range, a smile, clothes is none of them."""
    return {act.act for act in read(request).acts if not _is_harmless(act)}


def facts_of(request: Mapping[str, Any]) -> set[tuple[str, str | bool]]:
    """The facts found, with their values."""
    return {(fact.fact, fact.value) for fact in read(request).facts}


def _is_harmless(act: ActFound) -> bool:
    return act.act == "infer_attribute" and bool(act.attributes) and act.attributes <= HARMLESS


def _content(said: str) -> str | list[dict[str, Any]]:
    match = _ATTACHED.match(said)
    if not match:
        return said
    parts: list[dict[str, Any]] = [{"type": "text", "text": said[match.end() :]}]
    if match[2]:
        return [*parts, {"type": "input_audio", "input_audio": {"data": "attachment://0", "format": "wav"}}]
    numbers = range(int(match[1]))
    return parts + [{"type": "image_url", "image_url": {"url": f"attachment://{number}"}} for number in numbers]
