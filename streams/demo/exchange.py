"""The gateway's side of the demo: sends requests at a rate, receives their outcomes, keeps time and count."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any, NamedTuple

import orjson
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka import Message as Received

from streams.lines import digest_of, parsed_line
from streams.posting import Message, Poster, message_of
from streams.settings import Settings

# The embedded broker keeps 5 MB a partition: what waits for its outcome must stay well below.
MOST_WAITING_BYTES = 3_000_000
MOST_WAITING = 2_000
RECENT = 1_000


class Sent(NamedTuple):
    """A request on its way. `number`: which one of the traffic it is, from 1."""

    number: int
    data: Mapping[str, Any]
    size: int
    at: float


class Answer(NamedTuple):
    """The outcome of a request: a decision's `data`, or the code and message of a reject."""

    sent: Sent
    decision: Mapping[str, Any] | None
    reject: str
    seconds: float

    @property
    def outcome(self) -> str:
        return "reject" if self.decision is None else str(self.decision["outcome"])

    @property
    def judged_seconds(self) -> float:
        """What the moderator spent on it, by its own account."""
        return 0.0 if self.decision is None else float(self.decision["timing"]["decide_us"]) / 1e6


class Times:
    """The last thousand of some times, in seconds."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=RECENT)

    def add(self, seconds: float) -> None:
        self._recent.append(seconds)

    def below(self, share: float) -> float:
        """The time that this share of them stays below."""
        ordered = sorted(self._recent)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Tally:
    """What has come back so far. `clauses`: how many decisions cite a clause with an outcome, by (id, title)."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.clauses: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.round_trip = Times()
        self.judging = Times()
        self._moments: deque[float] = deque(maxlen=RECENT)

    def add(self, answer: Answer) -> None:
        self.outcomes[answer.outcome] += 1
        self.round_trip.add(answer.seconds)
        if answer.decision is not None:
            self.judging.add(answer.judged_seconds)
        self._moments.append(monotonic())
        for reason in (answer.decision or {}).get("reasons", ()):
            self.clauses[reason["clause"]["id"], reason["clause"]["title"]][reason["outcome"]] += 1

    @property
    def total(self) -> int:
        return self.outcomes.total()

    def rate(self) -> float:
        """Outcomes a second, over the last few seconds."""
        recent = [moment for moment in self._moments if moment > monotonic() - 3.0]
        return len(recent) / max(0.5, recent[-1] - recent[0]) if len(recent) > 1 else 0.0


class Exchange:
    """Sends lines as the rate allows and yields what comes back for them."""

    def __init__(self, settings: Settings, brokers: str, lines: Iterator[bytes], rate: float, source: str) -> None:
        self.tally = Tally()
        self.exhausted = False
        self._lines, self._rate, self._source = lines, rate, source
        self._poster = Poster(settings)
        self._rejects = settings.topic_rejects
        self._waiting: dict[str, deque[Sent]] = defaultdict(deque)
        self._waiting_bytes = 0
        self._sent = 0
        self._started = 0.0
        self._receiver = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "demo-gateway",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 10,
                "log_level": 0,
            }
        )
        topics = self._receiver.list_topics(timeout=5.0).topics
        self._receiver.assign(
            [
                TopicPartition(name, number, 0)
                for name in (settings.topic_decisions, settings.topic_rejects)
                for number in topics[name].partitions
            ]
        )

    @property
    def waiting(self) -> int:
        return self._sent - self.tally.total

    def turn(self, sending: bool) -> Iterator[Answer]:
        """One round: sends what is due, and yields what has come back."""
        if sending:
            self._started = self._started or monotonic()
            due = int((monotonic() - self._started) * self._rate) + 1
            while self._sent < due and self._room():
                if not self._send_next():
                    break
        self._poster.waiting()
        for received in self._receiver.consume(500, 0.02):
            answer = self._answer(received)
            if answer is not None:
                self.tally.add(answer)
                yield answer

    def close(self) -> None:
        self._receiver.close()

    def _room(self) -> bool:
        return not self.exhausted and self.waiting < MOST_WAITING and self._waiting_bytes < MOST_WAITING_BYTES

    def _send_next(self) -> bool:
        line = next(self._lines, None)
        if line is None:
            self.exhausted = True
            return False
        # What is no request is sent all the same: its reject is worth seeing.
        message = message_of(line, self._source) or Message(line, None, [], None)
        self._sent += 1
        parsed = parsed_line(message.value)
        data = parsed.get("data") if isinstance(parsed, dict) else None
        sent = Sent(self._sent, data if isinstance(data, dict) else {}, len(message.value), monotonic())
        self._waiting[digest_of(message.value)].append(sent)
        self._waiting_bytes += sent.size
        self._poster.post(message)
        return True

    def _answer(self, received: Received) -> Answer | None:
        """What a record on the decisions or rejects topic says, where it is about a request of ours."""
        value, decision, reject = received.value() or b"", None, ""
        if received.error() is not None:
            return None
        if received.topic() == self._rejects:
            headers = dict(received.headers() or [])
            said = (headers.get(name) for name in ("error-code", "error-message"))
            reject = ": ".join(text.decode("utf-8", "replace") for text in said if isinstance(text, bytes))
            digest = digest_of(value)
        else:
            decision = orjson.loads(value)["data"]
            digest = str(decision["input_digest"])
        if not self._waiting.get(digest):
            return None
        sent = self._waiting[digest].popleft()
        if not self._waiting[digest]:
            del self._waiting[digest]
        self._waiting_bytes -= sent.size
        return Answer(sent, decision, reject, monotonic() - sent.at)
