"""Bytes to outcome: the whole way of one record, without Kafka."""

import subprocess
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Record
from tests.requests import clauses, decision, moderator, request_record

JUDGE = moderator()


def test_an_ordinary_chat_is_allowed_without_reasons() -> None:
    data = decision(JUDGE, request_record(body={"messages": [{"role": "user", "content": "Plan three dinners."}]}))
    assert (data["verdict"], data["outcome"], data["reasons"], data["unknown"]) == ("allow", "allow", [], [])
    assert [pack["id"] for pack in data["policy"]["packs"]] == ["azure-openai", "microsoft-enterprise", "eu-ai-act"]


def test_row_1_all_clauses_are_cited_in_order_with_evidence() -> None:
    record = request_record(
        actor={"type": "law_enforcement", "country": "US", "level": "local"},
        use={"capabilities": ["identify"], "traits": ["face"], "timing": "real_time", "gallery": "suspects"},
        attachments=[{"kind": "image"}],
    )
    data = decision(JUDGE, record)
    assert clauses(data) == ["AOAI-COC-LE-01", "AOAI-COC-ID-01", "AOAI-VIS-01", "AOAI-COC-SURV-01"]
    leading = data["reasons"][0]
    assert leading["clause"]["item"] == 18
    assert {
        "fact": "actor.type",
        "value": "law_enforcement",
        "from": "declared",
        "path": "/actor/type",
    }.items() <= next(piece for piece in leading["evidence"] if piece["fact"] == "actor.type").items()


def test_facts_that_would_have_mattered_are_named() -> None:
    data = decision(JUDGE, request_record(use={"capabilities": ["identify"]}, actor={"type": "law_enforcement"}))
    assert clauses(data) == ["AOAI-COC-ID-01"]
    assert "actor.country" in data["unknown"]


def test_a_request_without_an_actor_is_not_declared_not_police() -> None:
    data = decision(JUDGE, request_record(use={"capabilities": ["identify"]}))
    assert "actor.type" in data["unknown"]


def test_what_breaks_the_schema_is_denied_with_the_places_named() -> None:
    data = decision(JUDGE, request_record(tenant=5, use={"capabilities": ["fly"], "camera": "dash"}))
    (reason,) = data["reasons"]
    assert (data["outcome"], reason["rule"], reason["clause"]["id"]) == ("deny", "invalid_request", "CONTRACT")
    assert {piece["path"] for piece in reason["evidence"]} == {"/tenant", "/use/capabilities/0"}


def test_hold_tells_the_gateway_what_the_operator_set() -> None:
    record = request_record(use={"capabilities": ["track"]})
    assert decision(JUDGE, record)["verdict"] == "deny"
    data = decision(moderator(hold_verdict="allow"), record)
    assert (data["outcome"], data["verdict"]) == ("hold", "allow")


def test_words_are_copied_only_where_the_operator_turned_quoting_on() -> None:
    record = request_record(body={"messages": [{"role": "user", "content": "Who is the woman in this photo?"}]})
    plain = decision(JUDGE, record)["reasons"][0]["evidence"]
    assert all("quote" not in piece for piece in plain)
    quoted = decision(moderator(quote=True), record)["reasons"][0]["evidence"]
    assert any("Who is" in piece.get("quote", "") for piece in quoted)


def test_candidate_packs_are_judged_and_never_enforced() -> None:
    judge = moderator(packs=("eu-ai-act",), shadow_packs=("azure-openai",))
    data = decision(judge, request_record(use={"capabilities": ["identify"]}))
    assert data["outcome"] == "allow"
    (shadow,) = data["shadow"]
    assert (shadow["verdict"], shadow["outcome"]) == ("deny", "deny")
    assert shadow["reasons"][0]["clause"]["id"] == "AOAI-COC-ID-01"
    assert shadow["digest"] != data["policy"]["digest"]


def test_the_same_inputs_give_the_same_digest_and_other_inputs_another() -> None:
    assert moderator().digest == JUDGE.digest
    others: list[dict[str, Any]] = [
        {"packs": ("azure-openai",)},
        {"packs": ("microsoft-enterprise", "azure-openai", "eu-ai-act")},
        {"shadow_packs": ("eu-ai-act",)},
        {"hold_verdict": "allow"},
        {"quote": True},
        {"max_text_bytes": 10},
        {"max_depth": 10},
    ]
    digests = [moderator(**flags).digest for flags in others]
    assert len({JUDGE.digest, *digests}) == len(others) + 1


def test_another_process_comes_to_the_same_digest() -> None:
    code = "from tests.requests import moderator; print(moderator().digest)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == JUDGE.digest


def test_a_redelivered_record_gets_the_same_decision_but_for_time() -> None:
    record = request_record(use={"capabilities": ["identify"]})
    first, second = (
        orjson.loads(JUDGE.moderate(record, now).value or b"") for now in (1_780_000_000_000, 1_790_000_000_000)
    )
    for event in (first, second):
        del event["time"], event["data"]["timing"]
    assert first == second


def test_text_beyond_the_bound_is_held_with_the_first_unread_place() -> None:
    judge = moderator(max_text_bytes=20)
    data = decision(judge, request_record(body={"messages": [{"role": "user", "content": "x" * 21}]}))
    (reason,) = data["reasons"]
    assert (data["outcome"], reason["rule"], reason["clause"]["id"]) == ("hold", "text_bound", "CONTRACT")
    assert (reason["evidence"][0]["path"], reason["evidence"][0]["start"]) == ("/body/messages/0/content", 20)
    at_the_limit = decision(judge, request_record(body={"messages": [{"role": "user", "content": "x" * 20}]}))
    assert at_the_limit["outcome"] == "allow"


def test_what_was_read_before_the_bound_can_deny() -> None:
    record = request_record(
        use={"capabilities": ["identify"]}, body={"messages": [{"role": "user", "content": "x" * 100}]}
    )
    data = decision(moderator(max_text_bytes=20), record)
    assert (data["outcome"], clauses(data)) == ("deny", ["AOAI-COC-ID-01"])


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b"[" * 1000])
def test_a_record_without_an_identity_is_rejected_with_its_own_bytes(value: bytes | None) -> None:
    outcome = JUDGE.moderate(Record(value, topic="requests", partition=0, offset=1))
    assert outcome.code is not None
    assert outcome.value is None


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_no_bytes_make_it_raise(value: bytes) -> None:
    outcome = JUDGE.moderate(Record(value))
    assert (outcome.code is None) == (outcome.value is not None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=12), json_values, max_size=4), json_values)
def test_any_body_and_signals_leave_a_decision(body: Any, signals: Any) -> None:
    outcome = JUDGE.moderate(request_record(body=body, signals=signals))
    assert outcome.value is not None
    reasons = orjson.loads(outcome.value)["data"]["reasons"]
    assert all(reason["rule"] != "internal_error" for reason in reasons)
