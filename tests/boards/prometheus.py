"""A real Prometheus and a real Alertmanager, as Debian packages them, on loopback with data of their own."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

from tests.waiting import free_ports, until

PROGRAMS = ("prometheus", "promtool", "prometheus-alertmanager")


def needed() -> None:
    """Skips the test where Prometheus is not installed; fails it in CI, and where BOARDS_REQUIRED is set."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if not missing:
        return
    problem = f"no {', '.join(missing)} on the PATH: Debian has them in `prometheus` and `prometheus-alertmanager`"
    if os.environ.get("CI") or os.environ.get("BOARDS_REQUIRED"):
        pytest.fail(problem)
    pytest.skip(problem)


class Server:
    """One process with an HTTP side; ended with the block."""

    def __init__(self, folder: Path, command: Callable[[int], list[str]]) -> None:
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{type(self).__name__.lower()}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command(self.port), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        until(self._answers, f"{type(self).__name__} at {self.url}; {self.log}", 60.0)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log.read_text(errors="replace")[-2000:]
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5.0) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


class Prometheus(Server):
    """`jobs`: the name of each job and the places it reads. Rules are looked at as often as targets are read."""

    def __init__(
        self,
        folder: Path,
        jobs: Mapping[str, Iterable[str]],
        rule_files: Iterable[Path] = (),
        alertmanager: str | None = None,
        every: str = "1s",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        configuration: dict[str, Any] = {
            "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
            "rule_files": [str(path) for path in rule_files],
            "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": list(places)}]} for name, places in jobs.items()
            ],
        }
        if alertmanager:
            configuration["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(configuration))
        super().__init__(
            folder,
            lambda port: [
                "prometheus",
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.enable-lifecycle",
                "--storage.tsdb.retention.time=60d",
            ],
        )

    def ask(self, path: str, **words: object) -> Any:
        """What the API answers: the `data` of it. Raises ValueError with what Prometheus says of a bad query."""
        try:
            asked = f"{path}?{urlencode(words, doseq=True)}"
            with urlopen(f"http://127.0.0.1:{self.port}/api/v1/{asked}", timeout=30.0) as answer:
                return json.load(answer)["data"]
        except HTTPError as refused:
            with refused:
                raise ValueError(refused.read().decode()) from None

    def series(self, query: str) -> list[dict[str, Any]]:
        """The answer to an instant query, now."""
        found: list[dict[str, Any]] = self.ask("query", query=query)["result"]
        return found


class Alertmanager(Server):
    """Sends every alert, and its end, to `receiver` at once."""

    def __init__(self, folder: Path, receiver: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        route = {"receiver": "here", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"}
        hook = {"url": receiver, "send_resolved": True}
        file = folder / "alertmanager.yml"
        file.write_text(yaml.safe_dump({"route": route, "receivers": [{"name": "here", "webhook_configs": [hook]}]}))
        super().__init__(
            folder,
            lambda port: [
                "prometheus-alertmanager",
                f"--config.file={file}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
        )
