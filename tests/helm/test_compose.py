"""The compose file: what it mounts is there, the worker knows its settings, Grafana and Prometheus read sound files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings import load_settings
from tests.boards.boards import BOARDS

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "compose"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
# Keys of the Compose specification that the file uses; a wrong word is not one of them.
KEYS = {
    "image", "build", "command", "environment", "ports", "expose", "volumes", "healthcheck", "depends_on", "read_only",
    "cap_drop", "security_opt", "tmpfs", "mem_limit", "stop_grace_period", "restart",
}  # fmt: skip


def mounts() -> list[tuple[str, str, str]]:
    """Service, source and target of everything mounted from the project."""
    every = [(name, mount.split(":")) for name, service in SERVICES.items() for mount in service.get("volumes", [])]
    return [(name, parts[0], parts[1]) for name, parts in every if parts[0].startswith(".")]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_spelled_as_the_specification_has_it(name: str) -> None:
    assert SERVICES[name].keys() <= KEYS
    assert "image" in SERVICES[name]
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), "only this machine reaches it"
    named = {mount.split(":")[0] for mount in SERVICES[name].get("volumes", []) if not mount.startswith(".")}
    assert named <= COMPOSE["volumes"].keys()
    assert SERVICES[name].get("depends_on", {}).keys() <= SERVICES.keys()


@pytest.mark.parametrize(("service", "source", "target"), mounts(), ids=str)
def test_what_is_mounted_is_there_and_cannot_be_written(service: str, source: str, target: str) -> None:
    assert (FOLDER / source).exists()
    assert any(mount == f"{source}:{target}:ro" for mount in SERVICES[service]["volumes"])


def test_the_build_finds_its_file() -> None:
    build = SERVICES["worker"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).is_file()


def test_the_worker_takes_its_settings() -> None:
    settings = load_settings(SERVICES["worker"]["environment"], {})
    assert settings.brokers == "kafka:9092"
    assert SERVICES["worker"]["expose"] == [str(settings.http_port)]


def test_the_worker_is_as_restricted_as_in_the_chart() -> None:
    for name in ("worker", "topics"):
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_prometheus_reads_what_is_mounted_and_finds_the_worker() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    targets = {target: source for service, source, target in mounts() if service == "prometheus"}
    for pattern in config["rule_files"]:
        rules = FOLDER / targets[str(Path(pattern).parent)]
        assert list(rules.glob(Path(pattern).name))
    found = config["scrape_configs"][0]["dns_sd_configs"][0]
    assert set(found["names"]) <= SERVICES.keys()
    assert str(found["port"]) in SERVICES["worker"]["expose"]


def test_grafana_is_provisioned_with_source_and_boards() -> None:
    targets = {target: source for service, source, target in mounts() if service == "grafana"}
    places = {Path(target).name: FOLDER / source for target, source in targets.items() if "provisioning" in target}
    (source,) = yaml.safe_load((places["datasources"] / "prometheus.yaml").read_text())["datasources"]
    assert source["type"] == "prometheus"
    assert source["url"].split("/")[2].split(":")[0] in SERVICES
    (provider,) = yaml.safe_load((places["dashboards"] / "boards.yaml").read_text())["providers"]
    boards = FOLDER / targets[provider["options"]["path"]]
    assert {path.stem for path in boards.glob("*.json")} == BOARDS.keys()
