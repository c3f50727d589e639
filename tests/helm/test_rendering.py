"""Every set of values gives objects that each version of Kubernetes takes."""

import json
from pathlib import Path

import pytest

from deploy.helm.chart_files import CHART
from tests.helm.objects import faults
from tests.helm.rendering import CI, helm, render
from tests.helm.tools import VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("values", CI, ids=lambda path: path.name.removesuffix("-values.yaml"))
def test_every_object_is_valid(values: Path, version: str) -> None:
    objects = render(files=[values], version=version)
    assert {"Service", "ConfigMap"} < objects.kinds()
    assert [fault for found in objects for fault in faults(found, version)] == []


def test_there_are_sets_of_values_for_the_common_cases() -> None:
    assert len(CI) >= 8


@pytest.mark.parametrize("values", CI, ids=lambda path: path.name.removesuffix("-values.yaml"))
def test_lint_finds_nothing(values: Path) -> None:
    said = helm("lint", "--strict", str(CHART), "-f", str(values))
    assert "[WARNING]" not in said
    assert "[ERROR]" not in said


def test_a_kind_without_a_schema_is_a_fault() -> None:
    unknown = {"apiVersion": "example.com/v1", "kind": "Nothing", "metadata": {"name": "n"}}
    assert "no schema" in faults(unknown, "1.34.0")[0]


def test_a_field_that_kubernetes_does_not_know_is_a_fault() -> None:
    deployment = render().workload()
    deployment["spec"]["replica"] = 2
    assert faults(deployment, "1.34.0")


def test_a_field_that_a_crd_does_not_know_is_a_fault() -> None:
    scaled = render({"keda": {"enabled": True}}).one("ScaledObject")
    assert faults(scaled, "1.34.0") == []
    scaled["spec"]["maxReplicas"] = 2
    assert faults(scaled, "1.34.0")


def test_it_is_a_part_of_another_chart(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    (parent / "charts").mkdir(parents=True)
    (parent / "charts" / "streamward").symlink_to(CHART)
    needs = [{"name": "streamward", "version": "0.1.0", "condition": "streamward.enabled"}]
    meta = {"apiVersion": "v2", "name": "parent", "version": "1.0.0", "dependencies": needs}
    (parent / "Chart.yaml").write_text(json.dumps(meta))
    below = {"enabled": True, "image": {"registry": "own.example.com"}}
    shared = {"imageRegistry": "all.example.com", "anything": {"else": 1}}
    objects = render({"global": shared, "streamward": below}, chart=parent)
    assert objects.worker()["image"] == "all.example.com/streamward:0.1.0"
    assert [fault for found in objects for fault in faults(found, "1.34.0")] == []
    assert render({"streamward": {"enabled": False}}, chart=parent) == []
