"""The demo from its start to its end."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from threading import Event
from time import monotonic

from streams.demo.broker import EmbeddedBroker
from streams.demo.exchange import Exchange
from streams.demo.screen import Screen
from streams.demo.traffic import SOURCE, count_lines, file_lines, sample_lines
from streams.demo.worker import DemoWorker
from streams.errors import StreamwardError
from streams.posting import LARGEST_BYTES
from streams.settings import Settings

SAMPLE_SECONDS = 20.0
SAMPLE_RATE = 20.0
FILE_SOURCE = "/demo/file"
LAST_ANSWERS_SECONDS = 5.0


class Plan:
    """What is sent, how fast, and for how long. `seconds` None: until each line of the file has its outcome."""

    def __init__(self, requests: str | None, seconds: float | None, rate: float | None) -> None:
        self.lines: Iterator[bytes]
        if requests is None:
            self.source = SOURCE
            self.seconds: float | None = seconds or SAMPLE_SECONDS
            self.rate = rate or SAMPLE_RATE
            self.expected = self.seconds * self.rate
            self.lines = sample_lines()
        else:
            self.source = FILE_SOURCE
            self.seconds = seconds
            self.expected = float(count_lines(requests))
            self.rate = rate or max(SAMPLE_RATE, self.expected / SAMPLE_SECONDS)
            self.lines = file_lines(requests, LARGEST_BYTES)

    def progress(self, spent: float, answered: int) -> float:
        return spent / self.seconds if self.seconds else answered / max(1.0, self.expected)


def perform(settings: Settings, plan: Plan, keep: bool) -> None:
    """Starts everything, shows the verdicts, sums up; with `keep` goes on quietly until Ctrl-C.

    Raises StreamwardError where the worker does not start, or requests stay without an outcome.
    """
    screen = Screen()
    topics = (settings.topic_requests, settings.topic_decisions, settings.topic_rejects)
    with EmbeddedBroker(topics) as broker, DemoWorker(settings, broker.brokers) as worker:
        own = replace(
            settings, brokers=broker.brokers, security_protocol="PLAINTEXT", sasl_mechanism=None, sasl_username=None
        )
        screen.say(f"Embedded Kafka broker at {broker.brokers}, topics {', '.join(topics)}.", "dim")
        if worker.port_was_taken:
            screen.say(f"Port {settings.http_port} is taken; the worker's door is on {worker.port}.", "yellow")
        screen.say(f"Worker with packs {', '.join(settings.packs)}; metrics at {worker.url}/metrics.", "dim")
        screen.start()
        try:
            with closing(Exchange(own, broker.brokers, plan.lines, plan.rate, plan.source)) as exchange:
                await_worker(worker, screen)
                spent = run(exchange, plan, screen, worker)
                screen.stop()
                screen.summary(exchange.tally, spent)
                where_next(screen, worker.url, broker.brokers if keep else None)
                if exchange.waiting and not keep:
                    raise StreamwardError(
                        f"{exchange.waiting} requests have no outcome yet.", "Give the demo more time with --seconds."
                    )
                if keep:
                    go_on(exchange, worker)
        finally:
            screen.stop()


def await_worker(worker: DemoWorker, screen: Screen) -> None:
    """Returns when the worker consumes."""
    screen.status("The worker starts …")
    until(worker.ready, every=0.03)


def until(condition: Callable[[], bool], every: float) -> None:
    pause = Event()
    while not condition():
        pause.wait(every)


def run(exchange: Exchange, plan: Plan, screen: Screen, worker: DemoWorker) -> float:
    """Sends and shows until time or traffic is over and the last answers are in; the seconds that it took."""
    began = monotonic()
    stop_at = began + plan.seconds if plan.seconds else None
    patience = None
    while True:
        now = monotonic()
        sending = not exchange.exhausted and (stop_at is None or now < stop_at)
        for answer in exchange.turn(sending):
            patience = None
            screen.verdict(answer)
        screen.figures(exchange, plan.progress(now - began, exchange.tally.total))
        if not sending:
            patience = patience or now + LAST_ANSWERS_SECONDS
            if not exchange.waiting or now > patience:
                return now - began
        worker.check()


def where_next(screen: Screen, url: str, brokers: str | None) -> None:
    """Where to look, while it is there and afterwards."""
    screen.say()
    if brokers is None:
        screen.say(f"Metrics were at {url}/metrics; `streamward demo --keep` leaves them there.")
    else:
        screen.say(f"Metrics:   {url}/metrics (also /readyz and /policy)")
        screen.say(f"Decisions: streamward tail decisions --brokers {brokers}")
        screen.say("Traffic goes on until Ctrl-C.")
    screen.say("Your own requests: streamward demo --requests FILE, or streamward check FILE without a broker.")
    screen.say("Your own Kafka:    streamward topics create, then streamward worker.")


def go_on(exchange: Exchange, worker: DemoWorker) -> None:
    """Keeps the traffic up without a word."""
    while True:
        for _ in exchange.turn(sending=not exchange.exhausted):
            pass
        worker.check()
