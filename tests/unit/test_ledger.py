"""Only what has its outcome, with all that came before it, may be committed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Record
from streams.transport.ledger import Batch, Ledger, Place, Window

HERE, THERE = Place("requests", 0), Place("requests", 1)


@pytest.fixture
def window() -> Window:
    return Window(records=10, size=1000)


@pytest.fixture
def ledger(window: Window) -> Ledger:
    books = Ledger(window)
    books.open([HERE])
    return books


def batch(first: int, last: int, place: Place = HERE) -> Batch:
    """A batch of the offsets from `first` up to but not including `last`."""
    return Batch(place, [Record(b"x", offset=offset) for offset in range(first, last)], last - first, last)


def taken(ledger: Ledger, window: Window, *batches: Batch) -> list[Batch]:
    for each in batches:
        window.take(each)
        ledger.take(each)
    return list(batches)


def test_a_batch_is_committable_when_all_before_it_are(ledger: Ledger, window: Window) -> None:
    first, second = taken(ledger, window, batch(0, 3), batch(3, 5))
    ledger.settle(second)
    assert ledger.committable() == {}
    ledger.settle(first)
    assert ledger.committable() == {HERE: 5}
    ledger.committed({HERE: 5})
    assert ledger.committable() == {}


def test_offsets_never_go_back(ledger: Ledger, window: Window) -> None:
    ledger.start({HERE: 7})
    (only,) = taken(ledger, window, batch(7, 9))
    ledger.settle(only)
    ledger.committed({HERE: 9})
    ledger.committed({HERE: 8})
    assert ledger.committable() == {}
    assert ledger.position(HERE) == 9


def test_a_partition_given_up_is_neither_waited_for_nor_committed(ledger: Ledger, window: Window) -> None:
    (held,) = taken(ledger, window, batch(0, 4))
    assert not ledger.is_idle([HERE])
    ledger.close([HERE])
    assert ledger.is_idle([HERE])
    assert not held.live
    assert window.held == 0
    ledger.settle(held)
    assert ledger.committable() == {}
    ledger.open([HERE])
    ledger.settle(held)
    assert ledger.committable() == {}


def test_what_is_not_ours_is_not_taken(ledger: Ledger, window: Window) -> None:
    (foreign,) = taken(ledger, window, batch(0, 2, THERE))
    assert not foreign.live
    assert window.held == 0


def test_the_window_bounds_records_and_bytes(window: Window) -> None:
    assert window.has_room()
    large = Batch(HERE, [Record(b"x", offset=0)], 1000, 1)
    window.take(large)
    assert not window.has_room()
    window.give_back(large)
    window.take(batch(0, 10))
    assert not window.has_room()


@given(st.permutations(range(8)))
def test_in_any_order_of_settling_the_committable_offset_ends_the_settled_run(order: list[int]) -> None:
    window = Window(records=100, size=1000)
    books = Ledger(window)
    books.open([HERE])
    batches = taken(books, window, *(batch(n * 2, n * 2 + 2) for n in range(8)))
    done: set[int] = set()
    for index in order:
        books.settle(batches[index])
        done.add(index)
        run = next((n for n in range(8) if n not in done), 8)
        assert books.committable() == ({HERE: run * 2} if run else {})
    assert window.held == 0
