"""Values, schema, README and templates say the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.helm.chart_files import CHART, Value, files_of, shown, values_of
from streams import setting_kinds
from streams.settings import CATALOGUE, load_settings
from tests.helm.rendering import render

SOURCE = (CHART / "values.yaml").read_text()
VALUES = values_of(SOURCE)
TEMPLATES = {path.name: path.read_text() for path in sorted((CHART / "templates").rglob("*")) if path.is_file()}
DEPRECATED = yaml.safe_load((CHART / "files" / "deprecated.yaml").read_text())
# Values that the chart takes and no template reads: the condition of a parent reads it, or all that it holds is read.
READ_ELSEWHERE = {"enabled", "global"}


def test_readme_and_schema_are_what_the_values_say() -> None:
    assert [path.name for path, text in files_of(CHART).items() if path.read_text() != text] == []


def references() -> Iterator[str]:
    """Every path of values that a template reads, by its own name or by the variable or block that stands for it."""
    for text in TEMPLATES.values():
        stands = dict(re.findall(r"\$(\w+) := [\w.$]*\.Values\.([\w.]+)", text))
        yield from re.findall(r"\.Values\.([\w.]+)", text)
        for name, path in stands.items():
            yield from (f"{path}.{rest}" for rest in re.findall(rf"\${name}\.([\w.]+)", text))
            yield from (path for _ in re.findall(rf"\(dict [^)]*\${name}\b|toYaml \${name}\b", text))
        for block in re.findall(r"with \.Values\.([\w.]+)", text):
            yield from (f"{block}.{rest}" for rest in re.findall(r"[\s(]\.([a-z][\w.]*)", text))


def leaves() -> list[Value]:
    """The values that hold something, open maps as a whole."""
    return [value for value in shown(VALUES) if value.open or not (isinstance(value.default, dict) and value.default)]


def test_every_value_is_used() -> None:
    read = set(references())
    # A map that is handed on as a whole: all that lies in it is read there.
    whole = {
        "config",
        "startupProbe",
        "livenessProbe",
        "readinessProbe",
        "metrics.podMonitor",
        "metrics.serviceMonitor",
    }
    unused = []
    for value in leaves():
        path = ".".join(value.path)
        parts = [".".join(value.path[:depth]) for depth in range(1, len(value.path) + 1)]
        if path not in READ_ELSEWHERE and not read & {path} and not whole & set(parts):
            unused.append(path)
    assert unused == []


def test_every_value_that_is_used_is_in_values_yaml() -> None:
    known = {".".join(value.path) for value in VALUES}
    direct = {path for text in TEMPLATES.values() for path in re.findall(r"\.Values\.([\w.]+)", text)}
    assert direct - known == set()


def test_every_value_is_documented() -> None:
    opened = {value.path for value in VALUES if value.open}
    inside = [value for value in VALUES if not any(value.path[:depth] in opened for depth in range(1, len(value.path)))]
    leaf = [value for value in inside if not (isinstance(value.default, dict) and value.default)]
    assert [".".join(value.path) for value in leaf if not value.text] == []


def test_every_map_of_the_schema_is_closed_or_open_on_purpose() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["global"]["additionalProperties"] is True
    assert schema["properties"]["enabled"]["type"] == ["boolean", "null"]
    undecided = [name for name, node in maps(schema, "") if "additionalProperties" not in node]
    assert undecided == []


def maps(node: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if node.get("type") == "object":
        yield name, node
    for key, inner in node.get("properties", {}).items():
        yield from maps(inner, f"{name}.{key}")


SET_BY_THE_CHART = {
    "brokers", "security_protocol", "sasl_mechanism", "sasl_username", "sasl_password", "tls_ca_file", "tls_cert_file",
    "tls_key_file", "approvals", "group_instance_id", "http_host", "http_port",
}  # fmt: skip


def test_config_has_every_setting_with_its_default() -> None:
    config = yaml.safe_load(SOURCE)["config"]
    assert config.keys() | SET_BY_THE_CHART == CATALOGUE.keys()
    ours = {"log_format": "json"}  # no terminal reads it
    for name, value in config.items():
        default = CATALOGUE[name].default
        assert value == ours.get(name, list(default) if isinstance(default, tuple) else default), name


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - SET_BY_THE_CHART))
def test_the_schema_bounds_a_setting_as_the_worker_does(name: str) -> None:
    node = json.loads((CHART / "values.schema.json").read_text())["properties"]["config"]["properties"][name]
    kind = CATALOGUE[name].kind
    if "minimum" in node and "maximum" in node:
        low, high = node["minimum"], node["maximum"]
        assert kind.shape in (
            setting_kinds.whole(low, high).shape,
            setting_kinds.share().shape if (low, high) == (0, 1) else "",
        )
    if "enum" in node:
        assert [kind.parse(word) for word in node["enum"] if word is not None]
        assert all(word in node["enum"] for word in kind.shape.removeprefix("one of ").split(", "))


def test_the_settings_file_is_one_that_the_worker_reads(tmp_path: Path) -> None:
    data = render().one("ConfigMap", "-config")["data"]["streamward.toml"]
    path = tmp_path / "streamward.toml"
    path.write_text(data)
    from_file = load_settings({"STREAMWARD_CONFIG": str(path)}, {})
    assert from_file.brokers == "kafka:9092"
    assert from_file.max_record_bytes == 1_000_000
    assert from_file.packs == ("azure-openai", "microsoft-enterprise", "eu-ai-act")


def test_deprecated_keys_are_told_of_in_the_page_on_upgrading() -> None:
    page = (CHART / "UPGRADING.md").read_text()
    assert [key for key in DEPRECATED if f"`{key}`" not in page] == []


def test_the_page_of_changes_names_the_version() -> None:
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    assert f"## {version}" in (CHART / "CHANGELOG.md").read_text()
