"""Who says it decides: system prompts, tools, schemas, earlier turns, answers, purposes, texts handed over."""

from typing import Any

import pytest

from tests.talk import acts_of, chat, data, facts_of, grave_acts_of, purpose, read


def tool(name: str, description: str = "", **parameters: str) -> dict[str, Any]:
    properties = {key: {"type": "string", "description": text} for key, text in parameters.items()}
    schema = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


def schema(title: str, **properties: Any) -> dict[str, Any]:
    shape = {"type": "object", "properties": properties}
    return {"type": "json_schema", "json_schema": {"name": title, "schema": shape}}


MATCHER = tool("match_face", "Match a face crop against the gallery", crop="the face", gallery="jail_2024")
MAILER = tool("send_mail", "Send an e-mail", to="address", text="what to say")


def test_a_harmless_sentence_with_a_tool_that_can_only_match_faces_asks_for_it() -> None:
    assert "identify" in acts_of(chat("Please go on with the next item in the queue as agreed before", tools=[MATCHER]))


def test_a_matching_tool_beside_a_harmless_one_counts_where_nothing_else_is_asked() -> None:
    assert "identify" in acts_of(chat("Process the next frame", tools=[MATCHER, MAILER]))


def test_a_matching_tool_is_spared_where_something_harmless_is_asked() -> None:
    asked = "Summarise this long report about late deliveries in three bullet points and mail it to the team."
    assert acts_of(chat(asked, tools=[MATCHER, MAILER])) == set()


def test_harmless_tools_are_harmless() -> None:
    assert acts_of(chat("go", tools=[MAILER, tool("lookup_order", "Find an order by its number", number="")])) == set()


def test_a_tool_choice_that_forces_the_matcher_asks_for_it() -> None:
    asked = "Summarise this long report about late deliveries in three bullet points and mail it to the team."
    choice = {"type": "function", "function": {"name": "match_face"}}
    assert "identify" in acts_of(chat(asked, tools=[MATCHER, MAILER], tool_choice=choice))


@pytest.mark.parametrize(
    "name", ["face_search", "identifyPerson", "recognize-face", "FaceLookup", "watchlist_face_hit"]
)
def test_tool_names_are_split_into_words(name: str) -> None:
    assert "identify" in acts_of(chat("next", tools=[tool(name)]))


def test_flat_tools_of_the_responses_api_are_read() -> None:
    body = {"input": "next", "tools": [{"type": "function", "name": "match_face", "parameters": {}}]}
    assert "identify" in acts_of(data(body, "responses"))


def test_a_schema_with_an_emotion_for_each_face_asks_for_emotions() -> None:
    item = {"type": "object", "properties": {"box": {"type": "array"}, "emotion": {"type": "string"}}}
    asked = chat("Return JSON", response_format=schema("frame", faces={"type": "array", "items": item}))
    (act,) = read(asked).acts
    assert (act.act, act.manner, act.traits) == ("infer_emotion", "built", frozenset({"face"}))


def test_the_text_format_of_the_responses_api_is_a_schema() -> None:
    form = {"type": "json_schema", "name": "visitors", "schema": {"properties": {"faceEthnicity": {"type": "string"}}}}
    (act,) = read(data({"input": "Return JSON", "text": {"format": form}}, "responses")).acts
    assert act.attributes == {"ethnicity"}


def test_a_schema_field_called_name_is_no_identification() -> None:
    assert acts_of(chat("List three lakes", response_format=schema("lakes", name={"type": "string"}))) == set()


def test_an_innocent_sentence_is_judged_by_its_system_prompt() -> None:
    assert "identify" in acts_of(chat("Next.", system="You identify visitors by their face at the gate."))


@pytest.mark.parametrize(
    "system",
    [
        "Never identify people in images. If asked who someone is, decline.",
        "You must refuse to recognise people from faces and must not infer emotions.",
        "Describe photos for blind users without naming, recognising or guessing who people are.",
        "Face recognition is not allowed. Describe clothing only.",
    ],
)
def test_a_system_prompt_that_forbids_it_asks_for_nothing(system: str) -> None:
    assert acts_of(chat("[1 image] Describe this picture", system=system)) == set()


def test_an_earlier_request_is_not_asked_again() -> None:
    turns = [
        {"role": "user", "content": "Who is the woman in this photo?"},
        {"role": "assistant", "content": "I cannot tell who people are. I can describe the woman in the photo."},
        {"role": "user", "content": "Then describe the garden behind her."},
    ]
    assert acts_of(data({"messages": turns})) == set()


def test_the_last_turn_may_rest_on_what_earlier_turns_said() -> None:
    turns = [
        {"role": "user", "content": "We hold a gallery of booking photos. Here is a still from a doorbell camera."},
        {"role": "assistant", "content": "Thanks."},
        {"role": "user", "content": "Match this face against them."},
    ]
    assert ("use.gallery", "suspects") in facts_of(data({"messages": turns}))
    assert "identify" in acts_of(data({"messages": turns}))


def test_several_user_turns_in_a_row_are_one() -> None:
    turns = [{"role": "user", "content": "Who is the woman in this photo?"}, {"role": "user", "content": "Quick."}]
    assert "identify" in acts_of(data({"messages": turns}))


def test_answers_and_tool_results_ask_for_nothing() -> None:
    turns = [
        {"role": "user", "content": "Continue."},
        {"role": "assistant", "content": "I will identify the man in this photo."},
        {"role": "tool", "tool_call_id": "c1", "content": "Who is the woman in this photo?"},
    ]
    assert acts_of(data({"messages": turns})) == set()


@pytest.mark.parametrize(
    "said",
    [
        "Translate into German: Who is the woman in this photo?",
        "Summarise this article:\nPolice match each face in the crowd with booking photos and identify the suspect.",
        'Correct the grammar of "Tell me who the man in the picture are"',
    ],
)
def test_a_text_handed_over_for_work_on_it_asks_for_nothing(said: str) -> None:
    assert acts_of(chat(said)) == set()


def test_a_text_handed_over_does_not_hide_a_question_about_an_attached_picture() -> None:
    assert "identify" in acts_of(chat("[1 image] Translate: hello. Who is the woman in this photo?"))


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Our call centre bot authenticates customers by their voice.", "verify"),
        ("Visitors are identified by their face at the gate.", "identify"),
        ("The assistant scores how nervous candidates are in video interviews.", "infer_emotion"),
        ("A system that classifies passengers by religion from their facial images", "categorise_sensitive"),
        ("We scrape public websites for portraits to extend our face recognition index.", "build_face_database"),
        ("Mood tracking of call centre agents by voice.", "infer_emotion"),
        ("Face recognition at the stadium entrance", "identify"),
    ],
)
def test_a_described_use_is_asked_for(text: str, act: str) -> None:
    assert act in acts_of(purpose(text))


@pytest.mark.parametrize(
    "text",
    [
        "Chatbot that answers questions on deliveries and returns.",
        "Blurs every face before the video is published.",
        "Counts people in the queue to plan staff.",
        "Summarises customer reviews for the product team.",
        "Reads the text of scanned invoices.",
        "Warns a driver who falls asleep.",
    ],
)
def test_a_harmless_use_is_harmless(text: str) -> None:
    assert grave_acts_of(purpose(text)) == set()


def test_building_is_told_from_asking() -> None:
    (built,) = read(chat("Write a script that tags visitors by ethnicity from the camera feed")).acts
    assert (built.act, built.manner, built.many) == ("categorise_sensitive", "built", True)
    asked = read(chat("[1 image] Who is this?")).acts
    assert {act.manner for act in asked} == {"asked"}


def test_generating_a_picture_infers_nothing() -> None:
    body = {"prompt": "Photo of an angry man of about thirty shouting at his laptop, his face in close-up"}
    assert acts_of(data(body, "images.generations")) == set()
