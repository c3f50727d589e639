"""The demo's worker: the real one, in a process of its own, on the embedded broker."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

import streams
from streams.errors import StreamwardError
from streams.settings import CATALOGUE, DEFAULT, PREFIX, Settings

READY_SECONDS = 45.0
BEYOND_DRAIN_SECONDS = 6.0
# What concerns the user's own cluster; the demo has a broker of its own.
OWN = {
    "brokers",
    "security_protocol",
    "sasl_mechanism",
    "sasl_username",
    "sasl_password",
    "tls_ca_file",
    "tls_cert_file",
    "tls_key_file",
    "group_instance_id",
    "http_port",
    "log_format",
    "log_level",
}


class DemoWorker:
    """`streamward worker` on `brokers`; ended with the block. `url` is where its door is."""

    def __init__(self, settings: Settings, brokers: str) -> None:
        self.port, self.port_was_taken = door(settings)
        self.url = f"http://{settings.http_host}:{self.port}"
        self._patience = settings.drain_timeout + BEYOND_DRAIN_SECONDS
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the block
        own = {"BROKERS": brokers, "HTTP_PORT": str(self.port), "LOG_FORMAT": "text", "LOG_LEVEL": "warning"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "streams", "worker"],
            env=surroundings() | inherited(settings) | {PREFIX + name: value for name, value in own.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )
        self._until = monotonic() + READY_SECONDS

    def ready(self) -> bool:
        """Whether it consumes already. Raises StreamwardError where it ended, or takes too long."""
        self.check()
        try:
            with urlopen(f"{self.url}/readyz", timeout=1.0) as answer:  # noqa: S310  our own door on loopback
                return bool(answer.status == 200)
        except (URLError, OSError):
            if monotonic() > self._until:
                raise StreamwardError("The worker does not get ready.", self.last_words()) from None
            return False

    def check(self) -> None:
        """Raises StreamwardError where the worker has ended."""
        if self._process.poll() is not None:
            raise StreamwardError(f"The worker ended with {self._process.returncode}.", self.last_words())

    def last_words(self) -> str:
        self._log.seek(0)
        return "Its log ends:\n" + "\n".join(self._log.read().decode("utf-8", "replace").splitlines()[-12:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def surroundings() -> dict[str, str]:
    """The environment without settings, and with this package found wherever it lies."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    home = str(Path(streams.__file__).resolve().parent.parent)
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (home, kept.get("PYTHONPATH"))))}


def inherited(settings: Settings) -> dict[str, str]:
    """The user's settings that mean something in the demo, such as packs, as environment variables."""
    given = {}
    for setting in CATALOGUE.values():
        value = getattr(settings, setting.name)
        if setting.name not in OWN and settings.origins.get(setting.name, DEFAULT) != DEFAULT and value is not None:
            given[setting.variable] = ",".join(value) if isinstance(value, tuple) else str(value).strip()
    return given


def door(settings: Settings) -> tuple[int, bool]:
    """The port of the worker's door, and whether the default was taken and another had to be found."""
    wanted = settings.http_port
    if wanted and free(settings.http_host, wanted):
        return wanted, False
    if wanted and settings.origins.get("http_port", DEFAULT) != DEFAULT:
        raise StreamwardError(
            f"Port {wanted} of {settings.http_host} is taken.", "Give another with --http-port, or 0 for a free one."
        )
    with socket.socket() as found:
        found.bind((settings.http_host, 0))
        return int(found.getsockname()[1]), bool(wanted)


def free(host: str, port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
        return True
