"""What holds for any bytes at all: nothing raises, and whatever is written fits the decision schema."""

import json
from dataclasses import replace
from itertools import accumulate
from typing import Any, get_args

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codec import REJECT_CODES, Bounds, DecisionEncoder, Decoder, Shadow, decision_headers, reject_headers
from streams.codec.depth import nests_deeper
from streams.codec.json_text import parse_json
from streams.events import Evidence, Invalid, Origin, OutcomeName, Reason, Record, Reject, Request, Ruling, Verdict
from streams.schema_files import load_schema

NOW = 1_795_341_600_000
DECODER = Decoder(Bounds(record_bytes=2000, depth=12))
UNBOUND = Decoder(Bounds())
REQUESTS = jsonschema_rs.validator_for(load_schema("request.v1"))
DECISIONS = jsonschema_rs.validator_for(load_schema("decision.v1"), validate_formats=True)
POLICY = {"packs": [{"id": "p", "version": "1"}], "engine": "streamward 0.1.0", "digest": "sha256:00"}
REQUEST: dict[str, Any] = {
    "specversion": "1.0",
    "id": "x",
    "source": "/s",
    "type": "moderation.request.v1",
    "data": {"tenant": "t", "service": {"provider": "other"}, "body": {}},
}
FIELDS = ["tenant", "service", "use", "body", "actor", "on_behalf_of", "attachments", "signals", "surplus"]

whole_numbers = st.integers(min_value=-(2**63), max_value=2**64 - 1)
scalars = st.none() | st.booleans() | whole_numbers | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
header_names = st.sampled_from(
    ["content-type", "Content-Type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_data", "ce_",
     "traceparent", "tracestate"]
) | st.text()  # fmt: skip
header_values = st.none() | st.binary() | st.sampled_from(
    [b"application/cloudevents+json", b"application/json", b"1.0", b"moderation.request.v1", b"2026-01-01T00:00:00Z"]
)  # fmt: skip
headers = st.lists(st.tuples(header_names, header_values), max_size=8)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.just(REQUEST[name]) | values for name in REQUEST},
        "time": st.text() | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | values,
        "data_base64": st.text(alphabet="ab+/=", max_size=12) | values,
        "traceparent": values,
        "surplus": values,
    },
)
faulty = st.dictionaries(st.sampled_from(FIELDS), values).map(
    lambda data: {**REQUEST, "data": {**REQUEST["data"], **data}}
)
bodies = st.binary(max_size=2100) | (envelopes | faulty | values).map(lambda value: json.dumps(value).encode())
timestamps = st.none() | st.integers(min_value=-(2**63), max_value=2**63 - 1)


@settings(max_examples=600, deadline=None)
@given(bodies, headers, timestamps)
def test_any_record_has_one_outcome_and_nothing_raises(value: bytes, kept: Any, timestamp: int | None) -> None:
    record = Record(value, None, kept, "moderation.requests", 0, 1, timestamp)
    outcome = DECODER.decode(record, NOW)
    if isinstance(outcome, Reject):
        assert outcome.code in REJECT_CODES
        assert reject_headers(record, outcome)[: len(kept)] == kept
        return
    assert 0 < len(outcome.id) <= 256
    assert 0 < len(outcome.source) <= 2048
    if isinstance(outcome, Invalid):
        assert outcome.faults
        assert all(pointer is None or len(pointer) <= 1024 for _, pointer in outcome.faults)
    assert DECODER.decode(record, NOW) == outcome
    faults = outcome.faults if isinstance(outcome, Invalid) else ()
    evidence = tuple(Evidence(fact, None, "declared", pointer) for fact, pointer in faults)
    _check_decision(outcome, record, Ruling("deny", (replace(REASON, evidence=evidence),)), "deny")
    assert all(text.decode() for _, text in decision_headers(outcome, "deny", "deny", "d"))


@given(faulty)
def test_decoder_and_schema_agree_on_any_data(event: dict[str, Any]) -> None:
    outcome = UNBOUND.decode(Record(json.dumps(event).encode()), NOW)
    assert isinstance(outcome, Request) == REQUESTS.is_valid(event)


@given(values)
def test_json_is_read_as_the_standard_library_reads_it(value: Any) -> None:
    text = json.dumps({"value": value, "body": [value]})
    assert parse_json(text.encode()) == _mended(json.loads(text))


@given(st.text(alphabet='[]{}"\\a', max_size=60), st.integers(min_value=1, max_value=8))
def test_depth_is_that_of_a_scan_by_hand(text: str, bound: int) -> None:
    assert nests_deeper(text.encode(), bound) == (_depth_by_hand(text) > bound)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("�" if 0xD800 <= ord(letter) < 0xE000 else letter for letter in value)
    if isinstance(value, list):
        return [_mended(part) for part in value]
    return {_mended(name): _mended(part) for name, part in value.items()} if isinstance(value, dict) else value


def _depth_by_hand(text: str) -> int:
    steps, quoted, escaped = [0], False, False
    for letter in text:
        if quoted:
            quoted, escaped = letter != '"' or escaped, letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        else:
            steps.append({"[": 1, "{": 1, "]": -1, "}": -1}.get(letter, 0))
    return max(accumulate(steps))


texts = st.text(min_size=1, max_size=40)
pointers = st.none() | st.lists(st.text(max_size=400).map(lambda text: text.replace("~", "~0").replace("/", "~1"))).map(
    lambda tokens: "".join(f"/{token}" for token in tokens)
)
offsets = st.none() | st.integers(min_value=0, max_value=10**6)
pieces = st.builds(Evidence, texts, values, st.sampled_from(get_args(Origin)), pointers, offsets, offsets)
clauses = st.fixed_dictionaries({"id": texts, "title": texts, "url": st.just("https://example.org/x") | st.none()})
reasons = st.builds(
    Reason, texts, texts, clauses, st.sampled_from(["deny", "hold", "flag"]), st.integers(), texts,
    st.lists(pieces, max_size=20).map(tuple),
)  # fmt: skip
REASON = Reason("p", "r", {"id": "C-1", "title": "t", "url": None}, "deny", 1, "m", ())


def _rulings(outcome: OutcomeName) -> st.SearchStrategy[Ruling]:
    if outcome == "allow":
        return st.builds(Ruling, st.just(outcome), st.just(()), st.lists(texts).map(tuple))
    found = st.lists(reasons, min_size=1, max_size=4) | reasons.map(lambda reason: [reason] * 70)
    return st.builds(Ruling, st.just(outcome), found.map(tuple), st.lists(texts).map(tuple))


VERDICTS: list[tuple[OutcomeName, Verdict]] = [
    ("allow", "allow"),
    ("flag", "allow"),
    ("hold", "deny"),
    ("deny", "deny"),
]
judged = st.sampled_from(VERDICTS).flatmap(lambda pair: st.tuples(_rulings(pair[0]), st.just(pair[1])))
shadows = st.lists(judged.map(lambda pair: Shadow("sha256:11", pair[1], pair[0])), max_size=2)


@settings(max_examples=200, deadline=None)
@given(judged, shadows, st.booleans())
def test_whatever_is_decided_fits_the_decision_schema(
    judgement: tuple[Ruling, Verdict], shadow: Any, quote: bool
) -> None:
    outcome = DECODER.decode(Record(json.dumps(REQUEST).encode()), NOW)
    assert isinstance(outcome, Request)
    _check_decision(outcome, Record(b"", topic="t", partition=0, offset=1), *judgement, shadow=shadow, quote=quote)


def _check_decision(
    request: Request | Invalid, record: Record, ruling: Ruling, verdict: Verdict, shadow: Any = (), quote: bool = False
) -> None:
    encoder = DecisionEncoder("streamward", POLICY, quote)
    value = encoder.encode_decision(
        request,
        record,
        ruling,
        verdict,
        digest_of_input=f"sha256:{'0' * 64}",
        decided_at=NOW,
        decide_us=1,
        shadow=shadow,
    )
    assert len(value) <= 512 * 1024
    assert [(error.instance_path, error.message) for error in DECISIONS.iter_errors(json.loads(value))] == []
