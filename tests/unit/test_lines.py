"""Lines out of streams, however they arrive, and the records that they stand for."""

import io
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.lines import digest_of, line_batches, record_of


class Pieces(io.RawIOBase):
    """A stream that arrives in these pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)

    def read1(self, _: int) -> bytes:
        return next(self._pieces, b"")


def lines_of(pieces: list[bytes], bound: int = 100) -> list[bytes]:
    return [line for batch in line_batches(Pieces(pieces), bound) for line in batch]  # type: ignore[arg-type]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_lines_are_the_same_however_they_arrive(content: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    pieces = [content[start:end] for start, end in pairwise(places) if start < end]
    expected = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    if content.endswith(b"\n") or not content:
        expected.pop()
    assert lines_of(pieces, bound=1000) == expected


def test_a_line_over_the_bound_is_cut_one_byte_past_it_in_one_piece_or_many() -> None:
    for pieces in ([b"x" * 500 + b"\ny\n"], [b"x" * 7] * 70 + [b"\ny\n"], [b"x" * 101 + b"\r\n", b"y"]):
        assert lines_of(pieces) == [b"x" * 101, b"y"]


def test_a_line_at_the_bound_is_whole() -> None:
    assert lines_of([b"x" * 100 + b"\r\n", b"z" * 100]) == [b"x" * 100, b"z" * 100]


@pytest.mark.parametrize("line", [b"", b" ", b"\t \r"])
def test_a_blank_line_is_an_empty_record(line: bytes) -> None:
    assert record_of(line, 5, "/check", 100).value == b""


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        (b'{"tenant": "t"}', True),
        (b'  {"tenant": "t"}', True),
        (b'{"body": {"specversion": "1.0"}}', True),
        (b'{"x": "\\u0041"}', True),
        (b'{"x": "\\ud800", "y": "specversion"}', True),
        (b'{"specversion": "1.0"}', False),
        (b'{"id": "x", "specversion": null}', False),
        (b'{"spec\\u0076ersion": "1.0"}', False),
        (b'[{"tenant": "t"}]', False),
        (b"7", False),
        (b"not json", False),
        (b'{"specversion"', False),
        (b'\xff{"tenant": 1}', False),
    ],
)
def test_bare_data_is_any_object_without_specversion(line: bytes, bare: bool) -> None:
    record = record_of(line, 5, "/check", 1000)
    headers = dict(record.headers)
    assert record.value == line
    assert record.timestamp == 5
    assert headers.get("ce_id") == (digest_of(line).encode() if bare else None)
    assert headers.get("ce_source") == (b"/check" if bare else None)


def test_a_line_over_the_bound_is_not_looked_into() -> None:
    assert record_of(b'{"tenant": "t"}', 5, "/check", 3).headers == ()
