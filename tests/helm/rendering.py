"""Running helm on the chart, and finding one's way in what it renders."""

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.helm.chart_files import CHART
from tests.helm import tools
from tests.helm.objects import Object

CI = sorted((CHART / "ci").glob("*-values.yaml"))


class Refused(Exception):
    """Helm did not render; the text is what it said."""


def helm(*words: str, values: object = None) -> str:
    """Its standard output; values go in by standard input. Raises Refused with what it said."""
    given = ["-f", "-"] if values is not None else []
    done = subprocess.run(
        [str(tools.helm()), *words, *given],
        input=yaml.safe_dump(values) if values is not None else "",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    return done.stdout


class Rendered(list[Object]):
    """The objects that a chart renders."""

    def kinds(self) -> set[str]:
        return {found["kind"] for found in self}

    def all(self, kind: str) -> list[Object]:
        return [found for found in self if found["kind"] == kind]

    def one(self, kind: str, ending: str = "") -> Object:
        found = [each for each in self.all(kind) if each["metadata"]["name"].endswith(ending)]
        assert len(found) == 1, f"{len(found)} of {kind}"
        return found[0]

    def workload(self) -> Object:
        return next(found for found in self if found["kind"] in ("Deployment", "StatefulSet"))

    def pod(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.workload()["spec"]["template"]["spec"]
        return spec

    def worker(self) -> dict[str, Any]:
        worker: dict[str, Any] = self.pod()["containers"][0]
        return worker

    def pods(self) -> Iterable[dict[str, Any]]:
        """The specification of every pod, whichever object makes it."""
        for found in self:
            if found["kind"] == "Pod":
                yield found["spec"]
            elif "template" in found.get("spec", {}):
                yield found["spec"]["template"]["spec"]


def render(
    values: object = None,
    files: Sequence[Path] = (),
    version: str = "1.34.0",
    chart: Path = CHART,
    release: str = "ward",
    more: Sequence[str] = (),
) -> Rendered:
    """The objects of the chart as a release in namespace `there`."""
    words = ["template", release, str(chart), "--namespace", "there", "--kube-version", version, *more]
    for path in files:
        words += ["-f", str(path)]
    text = helm(*words, values=values)
    return Rendered(found for found in yaml.load_all(text, yaml.CSafeLoader) if found)
