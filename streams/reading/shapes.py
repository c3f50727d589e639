"""The request shapes of the AI services: which member of a body plays which part, and what is no text at all."""

from typing import Any, Final

Role = str
"""purpose, instruction, ask, earlier, answer, tool, schema, result, name or file."""

ROLE_OF_KEY: Final[dict[str, Role]] = {
    "instructions": "instruction",
    "system": "instruction",
    "system_prompt": "instruction",
    "system_instruction": "instruction",
    "systemInstruction": "instruction",
    "developer": "instruction",
    "additional_instructions": "instruction",
    "tools": "tool",
    "functions": "tool",
    "tool_choice": "tool",
    "function_call": "tool",
    "response_format": "schema",
    "json_schema": "schema",
    "response_schema": "schema",
    "returnFaceAttributes": "schema",
    "filename": "file",
    "file_name": "file",
    "file": "file",
    "url": "file",
    "uri": "file",
    "file_id": "file",
    "personGroupId": "file",
    "largePersonGroupId": "file",
    "dynamicPersonGroupId": "file",
    "faceListId": "file",
    "largeFaceListId": "file",
}

ROLE_OF_SPEAKER: Final[dict[str, Role]] = {
    "system": "instruction",
    "developer": "instruction",
    "user": "ask",
    "assistant": "answer",
    "model": "answer",
    "tool": "result",
    "function": "result",
}

ROLE_OF_ITEM: Final[dict[str, Role]] = {
    "function_call": "answer",
    "custom_tool_call": "answer",
    "reasoning": "answer",
    "function_call_output": "result",
    "custom_tool_call_output": "result",
    "file_search_call": "result",
    "web_search_call": "result",
    "mcp_call": "result",
}

TURN_LISTS: Final = frozenset(
    {"messages", "input", "items", "events", "conversation", "additional_messages", "contents"}
)

# Values of these keys are names out of a closed list; a value that looks like prose is read all the same.
STRUCTURAL: Final = frozenset(
    "type role model deployment id object status detail voice format size quality style language encoding_format "
    "tool_call_id call_id event_id item_id previous_item_id previous_response_id response_format modality modalities "
    "service_tier reasoning_effort effort user background truncation store user_id mime_type media_type "
    "$schema $ref $id additionalProperties detectionModel recognitionModel mode verbosity".split()
)

STRUCTURAL_IN_SCHEMA: Final = frozenset({"type", "$schema", "$ref", "$id", "format"})

# Members of a JSON Schema that hold structure, not names chosen by the caller.
SCHEMA_WORDS: Final = frozenset(
    "type properties required items enum description title format anyOf oneOf allOf $defs definitions strict schema "
    "json_schema name function parameters additionalProperties minimum maximum minItems maxItems pattern default "
    "examples const $ref response_format returnFaceAttributes not minLength maxLength prefixItems".split()
)

MEDIA_OF_PART: Final[dict[str, str]] = {
    "image_url": "image",
    "input_image": "image",
    "image": "image",
    "image_file": "image",
    "input_audio": "audio",
    "audio": "audio",
    "audio_url": "audio",
    "video": "video",
    "video_url": "video",
    "input_video": "video",
}

BINARY_KEYS: Final = frozenset({"file_data", "b64_json", "data", "audio", "image_data", "audio_data"})

MEDIA_OF_ENDING: Final[dict[str, str]] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff", "heic"), "image"),
    **dict.fromkeys(("mp3", "wav", "m4a", "flac", "ogg", "opus", "mpga"), "audio"),
    **dict.fromkeys(("mp4", "mov", "webm", "avi", "mkv", "mpeg"), "video"),
}

MEDIA_OF_TYPE: Final[dict[str, str]] = {"image": "image", "audio": "audio", "video": "video"}


def media_of_url(url: str) -> str | None:
    """The medium that a `data:` URL or a file name stands for."""
    if url.startswith("data:"):
        return MEDIA_OF_TYPE.get(url[5:40].partition("/")[0])
    return MEDIA_OF_ENDING.get(url[-8:].rpartition(".")[2].lower())


def looks_binary(text: str) -> bool:
    """Long text of base64 letters without a blank: no prose of any language looks like that."""
    return len(text) > 256 and " " not in text[:256] and text.isascii() and text[:256].replace("=", "").isalnum()


def speaker_role(turn: dict[str, Any]) -> Role | None:
    """The part that a turn or item plays, or None where it says nothing about it."""
    speaker = turn.get("role")
    if isinstance(speaker, str):
        return ROLE_OF_SPEAKER.get(speaker.lower(), "ask")
    kind = turn.get("type")
    return ROLE_OF_ITEM.get(kind) if isinstance(kind, str) else None
