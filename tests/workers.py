"""A worker as an operator runs it: a process of its own, known by its signals, its doors and its log."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.waiting import free_ports, until

ROOT = Path(__file__).resolve().parent.parent
StartWorker = Callable[..., "Worker"]


class Worker:
    """One `streamward worker`. `environ` holds its settings, with or without the prefix STREAMWARD_."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.port = free_ports(1)[0]
        self.log = folder / f"worker-{self.port}.log"
        named = {f"STREAMWARD_{name.removeprefix('STREAMWARD_')}": value for name, value in environ.items()}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker"],
                cwd=ROOT,
                env=surroundings() | {"STREAMWARD_HTTP_PORT": str(self.port)} | named,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of one of its doors; status 0 while nothing listens."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5.0) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def ready(self, within: float = 60.0) -> "Worker":
        """Waits until /readyz answers 200; fails with the tail of the log when it ends or takes too long."""
        try:
            until(lambda: not self.running or self.get("/readyz")[0] == 200, "a ready worker", within)
        except AssertionError as late:
            raise AssertionError(f"{late}; /readyz says {self.get('/readyz')}; {self.last_words()}") from late
        assert self.running, f"the worker ended with {self.process.returncode}; {self.last_words()}"
        return self

    def stop(self, within: float = 20.0) -> int:
        """SIGTERM, then the exit code; a worker that stays past `within` seconds fails the test."""
        self.process.terminate()
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"the worker outlived SIGTERM by {within:g} s; {self.last_words()}") from late

    def kill(self) -> None:
        """SIGKILL: no last words, no commit."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """SIGSTOP: alive, and deaf to its group."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def last_words(self, lines: int = 40) -> str:
        return "its log ends:\n" + "\n".join(self.log_text().splitlines()[-lines:])


def surroundings() -> dict[str, str]:
    """The environment of the tests without anyone's own settings of Streamward."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STREAMWARD_")}


@contextmanager
def workers(folder: Path, brokers: str) -> Iterator[StartWorker]:
    """A function that starts a worker on `brokers` with the settings given; all of them are ended with the block."""
    started: list[Worker] = []

    def start(**settings: object) -> Worker:
        started.append(Worker(folder, {"BROKERS": brokers} | {name: str(value) for name, value in settings.items()}))
        return started[-1]

    try:
        yield start
    finally:
        for worker in started:
            if worker.running:
                worker.kill()
