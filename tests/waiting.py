"""Waiting for a condition, by a deadline: what tests do instead of sleeping."""

import socket
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T | None], what: str, within: float = 30.0, every: float = 0.05) -> T:
    """The first truthy answer of `condition`, asked every `every` seconds, for `within` seconds at most.

    Fails the test with `what` was awaited when the time is over. An exception of the condition passes through.
    """
    end = monotonic() + within
    pause = Event()
    while not (answer := condition()):
        left = end - monotonic()
        if left <= 0:
            raise AssertionError(f"waited {within:g} s in vain for {what}; the last answer was {answer!r}")
        pause.wait(min(every, left))
    return answer


def listening(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """That many loopback ports that nobody listened on just now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
