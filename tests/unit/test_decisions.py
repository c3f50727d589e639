"""What a decision says, its bounds, and its headers."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from streams.codec import DecisionEncoder, Shadow, decision_headers, decision_id, input_digest, shortened_pointer
from streams.events import Evidence, Invalid, Reason, Record, Request, Ruling, Verdict

NOW = 1_795_341_600_125
POLICY = {"packs": [{"id": "azure-openai", "version": "1"}], "engine": "streamward 0.1.0", "digest": "sha256:ab"}
RECORD = Record(b"value", b"t-1", (), "moderation.requests", 3, 41, NOW - 5)
DATA = {"tenant": "t-1", "body": {"messages": [{"content": "😀 Who is she?"}], "a/b": "slash", "list": ["x"] * 3}}
REQUEST = Request("req-1", "/gateways/eu-1", "2026-11-22T10:00:00Z", NOW - 125, DATA)
CLAUSE = {"id": "C-1", "title": "A clause", "url": None}
WORDS = Evidence("use.capabilities", "identify", "content", "/body/messages/0/content", 2, 5)


def _ruling(evidence: tuple[Evidence, ...] = (WORDS,), reasons: int = 1) -> Ruling:
    return Ruling(
        "deny", (Reason("pack", "rule-1", CLAUSE, "deny", 10, "Because.", evidence),) * reasons, ("actor.type",)
    )


def _decided(
    ruling: Ruling, verdict: Verdict = "deny", request: Any = REQUEST, quote: bool = False, **options: Any
) -> Any:
    value = DecisionEncoder("streamward", POLICY, quote).encode_decision(
        request,
        RECORD,
        ruling,
        verdict,
        digest_of_input=input_digest(b"value"),
        decided_at=NOW,
        decide_us=61,
        **options,
    )
    return json.loads(value)


def test_a_plain_allow_says_all_that_the_contract_asks_for() -> None:
    digest = "sha256:cd42404d52ad55ccfa9aca4adc828aa5800ad9d385a0671fbcbf724118320619"
    assert _decided(Ruling("allow"), "allow") == {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_URL, "/gateways/eu-1\nreq-1\nsha256:ab")),
        "source": "streamward",
        "type": "moderation.decision.v1",
        "subject": "req-1",
        "time": "2026-11-22T10:00:00.125Z",
        "datacontenttype": "application/json",
        "data": {
            "request": {
                "id": "req-1",
                "source": "/gateways/eu-1",
                "tenant": "t-1",
                "time": "2026-11-22T10:00:00Z",
                "topic": "moderation.requests",
                "partition": 3,
                "offset": 41,
            },
            "verdict": "allow",
            "outcome": "allow",
            "reasons": [],
            "unknown": [],
            "policy": POLICY,
            "shadow": [],
            "input_digest": digest,
            "timing": {"age_ms": 125, "decide_us": 61},
        },
    }


def test_a_reason_names_its_clause_and_points_at_its_evidence() -> None:
    data = _decided(_ruling())["data"]
    assert data["unknown"] == ["actor.type"]
    assert data["reasons"] == [
        {
            "rule": "rule-1",
            "clause": CLAUSE,
            "outcome": "deny",
            "message": "Because.",
            "evidence": [
                {
                    "fact": "use.capabilities",
                    "value": "identify",
                    "from": "content",
                    "path": "/body/messages/0/content",
                    "start": 2,
                    "end": 5,
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("path", "start", "end", "quote"),
    [
        ("/body/messages/0/content", 2, 5, "Who"),
        ("/body/a~1b", 0, 3, "sla"),
        ("/body/messages/7/content", 0, 3, None),
        ("/body/list/x", 0, 1, None),
        ("/body/messages", 0, 3, None),
        ("/body/messages/0/content", None, None, None),
        (None, 0, 3, None),
    ],
)
def test_words_are_quoted_only_where_the_operator_asks(path: Any, start: Any, end: Any, quote: str | None) -> None:
    ruling = _ruling((WORDS._replace(path=path, start=start, end=end),))
    assert "quote" not in _decided(ruling)["data"]["reasons"][0]["evidence"][0]
    assert _decided(ruling, quote=True)["data"]["reasons"][0]["evidence"][0].get("quote") == quote


def test_what_is_not_known_of_an_invalid_request_is_null() -> None:
    invalid = Invalid("x", "/s", None, None, None, (("time", None),))
    data = _decided(_ruling(), request=invalid)["data"]
    assert (data["request"]["tenant"], data["request"]["time"], data["timing"]["age_ms"]) == (None, None, None)


@pytest.mark.parametrize(("pieces", "listed", "omitted"), [(16, 16, None), (17, 16, 1), (300, 16, 284)])
def test_evidence_at_its_bound_and_past(pieces: int, listed: int, omitted: int | None) -> None:
    reason = _decided(_ruling((WORDS,) * pieces))["data"]["reasons"][0]
    assert (len(reason["evidence"]), reason.get("evidence_omitted")) == (listed, omitted)


@pytest.mark.parametrize(("found", "listed", "omitted"), [(64, 64, None), (65, 64, 1), (200, 64, 136)])
def test_reasons_at_their_bound_and_past(found: int, listed: int, omitted: int | None) -> None:
    data = _decided(_ruling(reasons=found))["data"]
    assert (len(data["reasons"]), data.get("reasons_omitted")) == (listed, omitted)


def test_a_decision_above_its_size_drops_its_evidence_and_counts_it() -> None:
    short = _decided(_ruling((WORDS,)))
    room = 512 * 1024 - len(json.dumps(short, separators=(",", ":"))) + len('"identify"')
    at_bound = _decided(_ruling((WORDS._replace(value="v" * (room - 2)),)))
    assert len(at_bound["data"]["reasons"][0]["evidence"]) == 1
    past = _decided(_ruling((WORDS._replace(value="v" * (room - 1)),)), shadow=())["data"]["reasons"][0]
    assert (past["evidence"], past["evidence_omitted"]) == ([], 1)


def test_a_shadow_is_bound_as_the_decision_is() -> None:
    large = _ruling((WORDS._replace(value="v" * 300_000),) * 20, reasons=70)
    data = _decided(Ruling("allow"), "allow", shadow=[Shadow("sha256:cd", "deny", large)])["data"]
    shadow = data["shadow"][0]
    assert (data["outcome"], shadow["digest"], shadow["verdict"], shadow["outcome"]) == (
        "allow",
        "sha256:cd",
        "deny",
        "deny",
    )
    assert (len(shadow["reasons"]), shadow["reasons_omitted"]) == (64, 6)
    assert shadow["reasons"][0]["evidence_omitted"] == 20


@pytest.mark.parametrize(
    ("pointer", "shortened"),
    [
        ("", ""),
        ("/" + "a" * 1023, "/" + "a" * 1023),
        ("/" + "a" * 1024, ""),
        ("/b/" + "a" * 1022, "/b"),
        ("/" + "a" * 1023 + "/b", "/" + "a" * 1023),
        ("/" + "a" * 1021 + "/b/c", "/" + "a" * 1021 + "/b"),
        ("/" + "a" * 1020 + "/bb/c", "/" + "a" * 1020 + "/bb"),
        ("/" + "a" * 1020 + "/b~1b", "/" + "a" * 1020),
    ],
)
def test_a_long_pointer_ends_at_its_last_whole_token(pointer: str, shortened: str) -> None:
    assert shortened_pointer(pointer) == shortened
    assert _decided(_ruling((WORDS._replace(path=pointer),)))["data"]["reasons"][0]["evidence"][0]["path"] == shortened


@pytest.mark.parametrize(("source", "name"), [("/s", "x"), ("https://é", "😀"), ("", ""), ("/a\nb", "c" * 300)])
def test_the_id_is_the_one_that_the_standard_library_computes(source: str, name: str) -> None:
    assert decision_id(source, name, "sha256:ab") == str(uuid5(NAMESPACE_URL, f"{source}\n{name}\nsha256:ab"))


def test_headers_let_a_consumer_route_without_parsing() -> None:
    request = Request("ïd", "/s", "2026-11-22T10:00:00Z", NOW, DATA, (("traceparent", "00-ab"), ("tracestate", "a=1")))
    assert decision_headers(request, "deny", "hold", "sha256:ab") == [
        ("verdict", b"deny"),
        ("outcome", b"hold"),
        ("request-id", "ïd".encode()),
        ("request-source", b"/s"),
        ("policy-digest", b"sha256:ab"),
        ("content-type", b"application/cloudevents+json; charset=UTF-8"),
        ("traceparent", b"00-ab"),
        ("tracestate", b"a=1"),
    ]
