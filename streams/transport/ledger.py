"""What is held of each partition, and how far all of it has its outcome: only that far may be committed."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from threading import Event
from typing import NamedTuple

from streams.events import Record


class Place(NamedTuple):
    """A topic and partition."""

    topic: str
    partition: int


class Batch:
    """One fetched list of records of one partition, in their order: the value of one Faust event.

    `live` turns false when the partition is given up: what is left of the batch is then somebody else's to decide.
    """

    __slots__ = ("live", "next_offset", "place", "records", "settled", "size")

    def __init__(self, place: Place, records: Sequence[Record], size: int, next_offset: int) -> None:
        self.place = place
        self.records = records
        self.size = size
        self.next_offset = next_offset
        self.live = True
        self.settled = False


class Window:
    """How much may be held at once, in records and bytes, counted without a lock.

    The fetching thread alone writes what was taken, the event loop alone what was given back.
    """

    def __init__(self, records: int, size: int) -> None:
        self._limits = (records, size)
        self._taken = self._taken_bytes = self._returned = self._returned_bytes = 0
        self._freed = Event()

    @property
    def held(self) -> int:
        return self._taken - self._returned

    def has_room(self) -> bool:
        return self.held < self._limits[0] and self._taken_bytes - self._returned_bytes < self._limits[1]

    def take(self, batch: Batch) -> None:
        self._taken += len(batch.records)
        self._taken_bytes += batch.size

    def give_back(self, batch: Batch) -> None:
        self._returned += len(batch.records)
        self._returned_bytes += batch.size
        self._freed.set()

    def wait(self, seconds: float) -> bool:
        """Waits in the fetching thread until there may be room again."""
        if self.has_room():
            return True
        self._freed.clear()
        return self.has_room() or self._freed.wait(seconds)


class _Held:
    """One partition: its batches in order, the offset up to which all have their outcome, and what is committed.

    `reached` is the timestamp of the last record that has its outcome, in ms since 1970.
    """

    __slots__ = ("batches", "committed", "reached", "settled")

    def __init__(self) -> None:
        self.batches: deque[Batch] = deque()
        self.settled: int | None = None
        self.committed: int | None = None
        self.reached: int | None = None


class Ledger:
    """The partitions that are this worker's, and their batches. Only the event loop touches it."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._held: dict[Place, _Held] = {}

    @property
    def places(self) -> frozenset[Place]:
        return frozenset(self._held)

    def open(self, places: Iterable[Place]) -> None:
        for place in places:
            self._held.setdefault(place, _Held())

    def close(self, places: Iterable[Place]) -> None:
        """Gives partitions up: nothing of them is waited for or committed from here on."""
        for place in places:
            held = self._held.pop(place, None)
            for batch in held.batches if held is not None else ():
                batch.live = False
                self._window.give_back(batch)

    def take(self, batch: Batch) -> bool:
        """Enters a fetched batch; False where its partition is not, or no longer, this worker's."""
        held = self._held.get(batch.place)
        if held is None:
            batch.live = False
            self._window.give_back(batch)
            return False
        held.batches.append(batch)
        return True

    def settle(self, batch: Batch) -> None:
        """Notes that every outcome of a batch was acknowledged."""
        if not batch.live:
            return
        batch.settled = True
        held = self._held[batch.place]
        while held.batches and held.batches[0].settled:
            done = held.batches.popleft()
            held.settled = done.next_offset
            held.reached = done.records[-1].timestamp
            self._window.give_back(done)

    def is_idle(self, places: Iterable[Place]) -> bool:
        return not any(self._held[place].batches for place in places if place in self._held)

    def committable(self, places: Iterable[Place] | None = None) -> dict[Place, int]:
        """The offsets to commit: the next record wanted, where that is beyond what is committed."""
        wanted = self._held if places is None else [place for place in places if place in self._held]
        offsets: dict[Place, int] = {}
        for place in wanted:
            held = self._held[place]
            if held.settled is not None and (held.committed is None or held.settled > held.committed):
                offsets[place] = held.settled
        return offsets

    def committed(self, offsets: Mapping[Place, int]) -> None:
        for place, offset in offsets.items():
            held = self._held.get(place)
            if held is not None and (held.committed is None or offset > held.committed):
                held.committed = offset

    def start(self, offsets: Mapping[Place, int]) -> None:
        """Notes where reading starts: what the group has committed, or the earliest offset."""
        for place, offset in offsets.items():
            held = self._held.get(place)
            if held is not None and held.settled is None:
                held.settled = held.committed = offset

    def position(self, place: Place) -> int | None:
        """The offset up to which every record has its outcome, None while that is not known."""
        held = self._held.get(place)
        return None if held is None else held.settled

    def waiting_since(self, place: Place) -> int | None:
        """The timestamp of the oldest record without its outcome, in ms since 1970, where it has been fetched.

        Where it has not, that of the record before it: the broker alone knows better. None where neither is known.
        """
        held = self._held.get(place)
        if held is None:
            return None
        return held.batches[0].records[0].timestamp if held.batches else held.reached
