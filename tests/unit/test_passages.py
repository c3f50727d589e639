"""Every place of every request shape is found, with the part it plays; what is no text is no passage."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reading.passages import Passage, content_of, within_bound
from tests.talk import data

TEXT = "tell me"


def roles(request: dict[str, Any]) -> dict[str, str]:
    return {passage.path: passage.role for passage in content_of(request).passages if passage.text == TEXT}


def message(role: str, content: Any = TEXT) -> dict[str, Any]:
    return {"role": role, "content": content}


@pytest.mark.parametrize(
    ("body", "path", "role"),
    [
        ({"messages": [message("user")]}, "/body/messages/0/content", "ask"),
        ({"messages": [message("system")]}, "/body/messages/0/content", "instruction"),
        ({"messages": [message("developer")]}, "/body/messages/0/content", "instruction"),
        ({"messages": [message("assistant")]}, "/body/messages/0/content", "answer"),
        ({"messages": [message("tool")]}, "/body/messages/0/content", "result"),
        ({"messages": [message("user", [{"type": "text", "text": TEXT}])]}, "/body/messages/0/content/0/text", "ask"),
        ({"messages": [message("user") | {"name": "x"}]}, "/body/messages/0/content", "ask"),
        ({"messages": [message("oracle")]}, "/body/messages/0/content", "ask"),
        ({"messages": [TEXT]}, "/body/messages/0", "ask"),
        ({"input": TEXT}, "/body/input", "ask"),
        ({"input": [TEXT, "b"]}, "/body/input/0", "ask"),
        ({"input": [message("user", [{"type": "input_text", "text": TEXT}])]}, "/body/input/0/content/0/text", "ask"),
        ({"input": [{"type": "function_call_output", "output": TEXT}]}, "/body/input/0/output", "result"),
        ({"input": [{"type": "function_call", "arguments": TEXT}]}, "/body/input/0/arguments", "answer"),
        ({"instructions": TEXT}, "/body/instructions", "instruction"),
        ({"prompt": TEXT}, "/body/prompt", "ask"),
        ({"prompt": ["a", TEXT]}, "/body/prompt/1", "ask"),
        ({"suffix": TEXT}, "/body/suffix", "ask"),
        ({"metadata": {"note": TEXT}}, "/body/metadata/note", "ask"),
        ({"whatever": {"deep": [{"er": TEXT}]}}, "/body/whatever/deep/0/er", "ask"),
        ({"a/b": {"c~d": TEXT}}, "/body/a~1b/c~0d", "ask"),
        ({"file": TEXT}, "/body/file", "file"),
        ({"type": "session.update", "session": {"instructions": TEXT}}, "/body/session/instructions", "instruction"),
        (
            {"type": "conversation.item.create", "item": message("user", [{"type": "input_text", "text": TEXT}])},
            "/body/item/content/0/text",
            "ask",
        ),
        ({"type": "conversation.item.create", "item": message("assistant")}, "/body/item/content", "answer"),
        ({"type": "response.create", "response": {"instructions": TEXT}}, "/body/response/instructions", "instruction"),
        ({"tools": [{"type": "function", "name": TEXT}]}, "/body/tools/0/name", "tool"),
        ({"tools": [{"function": {"description": TEXT}}]}, "/body/tools/0/function/description", "tool"),
        (
            {"tools": [{"function": {"parameters": {"properties": {"a": {"enum": [TEXT]}}}}}]},
            "/body/tools/0/function/parameters/properties/a/enum/0",
            "tool",
        ),
        (
            {"tools": [{"parameters": {"properties": {TEXT: {}}}}]},
            f"/body/tools/0/parameters/properties/{TEXT}",
            "tool",
        ),
        ({"functions": [{"name": TEXT}]}, "/body/functions/0/name", "tool"),
        ({"session": {"tools": [{"name": TEXT}]}}, "/body/session/tools/0/name", "tool"),
        ({"tool_choice": {"function": {"name": TEXT}}}, "/body/tool_choice/function/name", "tool"),
        (
            {"response_format": {"json_schema": {"schema": {"properties": {"a": {"description": TEXT}}}}}},
            "/body/response_format/json_schema/schema/properties/a/description",
            "schema",
        ),
        ({"text": {"format": {"schema": {"title": TEXT}}}}, "/body/text/format/schema/title", "schema"),
        (
            {"messages": [message("assistant", None) | {"tool_calls": [{"function": {"arguments": TEXT}}]}]},
            "/body/messages/0/tool_calls/0/function/arguments",
            "answer",
        ),
    ],
)
def test_each_place_is_found_with_its_part(body: Any, path: str, role: str) -> None:
    assert roles(data(body)).get(path) == role


def test_user_turns_before_the_last_answer_are_earlier() -> None:
    turns = [message("user"), message("assistant"), message("user"), message("system"), message("user")]
    assert list(roles(data({"messages": turns})).values()) == ["earlier", "answer", "ask", "instruction", "ask"]


def test_the_last_user_turn_stays_the_ask_after_tool_calls() -> None:
    turns = [message("user"), message("assistant"), message("tool"), message("assistant")]
    assert list(roles(data({"messages": turns})).values()) == ["ask", "answer", "result", "answer"]


def test_declared_texts_are_passages() -> None:
    request = data({}, use={"purpose": TEXT}, actor={"type": "private", "name": TEXT})
    request["on_behalf_of"] = [{"type": "unknown"}, {"type": "private", "name": TEXT}]
    request["attachments"] = [{"kind": "image", "uri": TEXT}]
    assert roles(request) == {
        "/use/purpose": "purpose",
        "/actor/name": "name",
        "/on_behalf_of/1/name": "name",
        "/attachments/0/uri": "file",
    }


BASE64 = "iVBORw0KGgo" * 60


@pytest.mark.parametrize(
    ("part", "medium"),
    [
        ({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{BASE64}"}}, "image"),
        ({"type": "image_url", "image_url": {"url": "attachment://0"}}, "image"),
        ({"type": "input_image", "image_url": f"data:image/jpeg;base64,{BASE64}"}, "image"),
        ({"type": "input_audio", "input_audio": {"data": BASE64, "format": "wav"}}, "audio"),
        ({"type": "video_url", "video_url": {"url": "attachment://12"}}, "video"),
    ],
)
def test_media_are_counted_and_not_read(part: Any, medium: str) -> None:
    content = content_of(data({"messages": [message("user", [part])]}))
    assert content.media == {medium}
    assert content.passages == []


def test_binary_members_are_not_read() -> None:
    body = {"file": {"file_data": BASE64, "filename": "a.txt"}, "data": [{"b64_json": BASE64}]}
    assert [passage.text for passage in content_of(data(body)).passages] == ["a.txt"]


def test_prose_hides_in_no_structural_member() -> None:
    assert roles(data({"model": "gpt-4o", "user": "tell me who she is"})) == {}
    texts = [passage.text for passage in content_of(data({"model": "gpt-4o", "voice": "who is she"})).passages]
    assert texts == ["who is she"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text()
            | st.sampled_from(
                [
                    "messages",
                    "role",
                    "content",
                    "tools",
                    "function",
                    "properties",
                    "type",
                    "item",
                    "input",
                    "text",
                    "format",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["messages", "input", "tools", "text", "prompt", "x", "response_format"]), JSON))
def test_any_body_is_walked_and_every_path_leads_to_its_text(body: dict[str, Any]) -> None:
    request = data(body)
    for passage in content_of(request).passages:
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in passage.path.split("/")[1:]]
        if passage.is_key:
            assert tokens[-1] == passage.text
            continue
        value: Any = request
        for token in tokens:
            value = value[int(token)] if isinstance(value, list) else value[token]
        assert value == passage.text


def test_a_body_nested_beyond_any_recursion_is_walked() -> None:
    body: Any = TEXT
    for _ in range(5000):
        body = [body]
    assert [passage.role for passage in content_of(data({"x": body})).passages] == ["ask"]


def passage(role: str, text: str) -> Passage:
    return Passage(f"/{role}", role, text)


def test_under_the_bound_everything_is_read() -> None:
    passages = [passage("earlier", "ä" * 50), passage("ask", "b" * 100)]
    assert within_bound(passages, 200) == (passages, None)


def test_over_the_bound_the_instructions_and_the_last_turn_are_read_first() -> None:
    passages = [passage("earlier", "e" * 40), passage("ask", "a" * 40), passage("instruction", "i" * 40)]
    kept, unread = within_bound(passages, 100)
    assert [one.role for one in kept] == ["instruction", "ask", "earlier"]
    assert unread == ("/earlier", 20)
    assert kept[-1].text == "e" * 20


def test_the_bound_counts_bytes_and_cuts_at_a_character() -> None:
    kept, unread = within_bound([passage("ask", "ä" * 60)], 101)
    assert unread == ("/ask", 50)
    assert kept[0].text == "ä" * 50
