"""YAML of packs: plain data with lines, and everything else refused with its line."""

import pytest

from streams.policy.source import MAX_BYTES, Fault, Source, parse_source


def test_every_field_knows_its_line() -> None:
    source = parse_source(b"rule: a\nwhen:\n  all:\n    - act: [identify]\n", "rule.yaml")
    assert isinstance(source, Source)
    assert source.data == {"rule": "a", "when": {"all": [{"act": ["identify"]}]}}
    assert str(source.fault(("when", "all", 0, "act"), "wrong")) == "rule.yaml:4: when.all[0].act: wrong"


def test_a_field_that_is_not_there_is_placed_on_the_nearest_line() -> None:
    source = parse_source(b"\nrule: a\n", "rule.yaml")
    assert isinstance(source, Source)
    assert source.fault(("clause",), "missing").line == 2


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (b"a: &x [1]\nb: *x\n", 1, "anchors and aliases"),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
        (b"a: 1\nb: 2\na: 3\n", 3, "stands here twice"),
        (b"a: 1\n---\nb: 2\n", 2, "more than one document"),
        (b"a: [1\nb: 2\n", 2, "not YAML"),
        (b"1: a\n", 1, "a key is not a word"),
        (b"on: a\n", 1, "a key is not a word"),
        (b"[" * 60, 1, "nested deeper"),
        (b"a: \xff\n", 0, "not YAML"),
        (b"a: 2024-99-99\n", 0, "not YAML"),
        (b"#" * (MAX_BYTES + 1), 0, "larger than"),
    ],
)
def test_what_a_pack_has_no_use_for_is_refused_with_its_line(text: bytes, line: int, problem: str) -> None:
    fault = parse_source(text, "rule.yaml")
    assert isinstance(fault, Fault)
    assert fault.line == line
    assert problem in fault.problem


def test_aliases_that_would_unfold_without_end_cost_nothing() -> None:
    layers = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9))
    fault = parse_source(f"l0: &l0 [x]\n{layers}\n".encode(), "rule.yaml")
    assert isinstance(fault, Fault)
    assert "aliases" in fault.problem
