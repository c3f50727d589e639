"""What the workers' pods are like, whatever the values."""

from pathlib import Path
from typing import Any

import pytest

from tests.helm.rendering import CI, Rendered, render

EVERY = pytest.mark.parametrize("values", CI, ids=lambda path: path.name.removesuffix("-values.yaml"))
STATIC = {
    "workload": {"kind": "StatefulSet"},
    "kafka": {"staticMembership": {"enabled": True}},
    "config": {"session_timeout": 45},
}


def environment(objects: Rendered) -> dict[str, Any]:
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in objects.worker()["env"]}


@EVERY
def test_every_pod_is_restricted(values: Path) -> None:
    openshift = "everything" in values.name
    for pod in render(files=[values]).pods():
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"].get("runAsUser", 0) >= 10000 or openshift
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in own(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"] == {"memory": "384Mi"}
            assert {"name": "scratch", "mountPath": "/tmp"} in container["volumeMounts"]


def own(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """The containers that the chart makes itself."""
    every = pod["containers"] + pod.get("initContainers", [])
    return [container for container in every if container["name"] in ("worker", "topics", "config", "ready")]


@EVERY
def test_every_object_has_labels_and_a_namespace(values: Path) -> None:
    wanted = ["moderation", "monitoring"] if "everything" in values.name else ["there"]
    for found in render(files=[values]):
        if "extra" in found["metadata"]["name"]:
            continue
        meta = found["metadata"]
        assert meta["namespace"] in wanted
        assert {"app.kubernetes.io/name", "app.kubernetes.io/instance", "helm.sh/chart"} <= meta["labels"].keys()
        assert len(meta["name"]) <= 63
        if "everything" in values.name:
            assert meta["labels"]["team"] == "trust"
            assert meta["annotations"]["contact"] == "on-call"


@EVERY
def test_the_selectors_find_the_pods_and_nothing_else_does(values: Path) -> None:
    objects = render(files=[values])
    selector = objects.workload()["spec"]["selector"]["matchLabels"]
    assert selector.items() <= objects.workload()["spec"]["template"]["metadata"]["labels"].items()
    assert objects.one("Service")["spec"]["selector"] == selector
    assert set(selector) == {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
    for pod in objects.all("Pod") + [job["spec"]["template"] for job in objects.all("Job")]:
        assert not selector.items() <= pod["metadata"]["labels"].items()


def test_the_worker_runs_and_listens_outside_the_pod() -> None:
    objects = render()
    assert objects.worker()["args"] == ["worker"]
    assert "command" not in objects.worker()
    assert environment(objects)["STREAMWARD_HTTP_HOST"] == "0.0.0.0"
    assert environment(objects)["STREAMWARD_CONFIG"] == "/etc/streamward/config/streamward.toml"


def test_probes_ask_the_right_doors() -> None:
    worker = render().worker()
    doors = {name: worker[name]["httpGet"]["path"] for name in worker if name.endswith("Probe")}
    assert doors == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


def test_a_probe_may_bring_its_own_handler_or_go() -> None:
    worker = render({"livenessProbe": {"exec": {"command": ["true"]}}, "startupProbe": {"enabled": False}}).worker()
    assert "httpGet" not in worker["livenessProbe"]
    assert "enabled" not in worker["livenessProbe"]
    assert "startupProbe" not in worker


def test_the_rollout_adds_before_it_takes_away() -> None:
    spec = render().workload()["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert spec["minReadySeconds"] == 15


def test_recreate_takes_no_fields_of_a_rolling_update() -> None:
    assert render({"workload": {"strategy": {"type": "Recreate"}}}).workload()["spec"]["strategy"] == {
        "type": "Recreate"
    }


def test_a_static_member_is_called_as_its_pod() -> None:
    objects = render(STATIC)
    assert objects.workload()["kind"] == "StatefulSet"
    assert objects.workload()["spec"]["serviceName"] == objects.one("Service")["metadata"]["name"]
    assert environment(objects)["STREAMWARD_GROUP_INSTANCE_ID"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert "STREAMWARD_GROUP_INSTANCE_ID" not in environment(render())


@pytest.mark.parametrize(
    ("values", "replicas"),
    [({}, 2), ({"replicas": 0}, 0), ({"autoscaling": {"enabled": True}}, None), ({"keda": {"enabled": True}}, None)],
    ids=str,
)
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_replicas_are_left_to_who_decides_them(values: dict[str, Any], replicas: int | None, kind: str) -> None:
    assert render(values | {"workload": {"kind": kind}}).workload()["spec"].get("replicas") == replicas


def test_openshift_chooses_the_user() -> None:
    context = render({"openshift": True}).pod()["securityContext"]
    assert context.keys().isdisjoint({"runAsUser", "runAsGroup", "fsGroup"})
    assert context["runAsNonRoot"] is True


def test_constraints_of_spread_find_the_pods_by_themselves() -> None:
    objects = render()
    selector = objects.workload()["spec"]["selector"]
    for constraint in objects.pod()["topologySpreadConstraints"]:
        assert constraint["labelSelector"] == selector
        assert constraint["matchLabelKeys"] == ["pod-template-hash"]
    assert "matchLabelKeys" not in render(version="1.25.0").pod()["topologySpreadConstraints"][0]
    assert "matchLabelKeys" not in render(STATIC).pod()["topologySpreadConstraints"][0]


def test_a_constraint_of_ones_own_is_kept() -> None:
    own_selector = {"matchLabels": {"a": "b"}}
    constraint = {
        "maxSkew": 2,
        "topologyKey": "rack",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": own_selector,
    }
    assert render({"topologySpreadConstraints": [constraint]}).pod()["topologySpreadConstraints"] == [constraint]


def test_an_image_is_named_by_digest_where_there_is_one() -> None:
    digest = "sha256:" + "0" * 64
    image = {"registry": "r.example.com", "tag": "9", "digest": digest}
    assert render({"image": image}).worker()["image"] == f"r.example.com/streamward@{digest}"
    assert render({"image": {"tag": "9"}}).worker()["image"] == "streamward:9"
    assert render({"global": {"imageRegistry": "g.example.com"}}).worker()["image"] == "g.example.com/streamward:0.1.0"


def test_pull_secrets_are_names_or_objects() -> None:
    values = {"imagePullSecrets": ["a", {"name": "b"}], "global": {"imagePullSecrets": ["c"]}}
    assert render(values).pod()["imagePullSecrets"] == [{"name": "c"}, {"name": "a"}, {"name": "b"}]


def test_a_service_account_that_is_there_is_used_and_none_is_made() -> None:
    objects = render({"serviceAccount": {"create": False, "name": "mine"}})
    assert objects.all("ServiceAccount") == []
    assert objects.pod()["serviceAccountName"] == "mine"
    made = render({"serviceAccount": {"annotations": {"a": "b"}}}).one("ServiceAccount")
    assert made["automountServiceAccountToken"] is False
    assert made["metadata"]["annotations"] == {"a": "b"}


def test_diagnostic_mode_neither_judges_nor_is_probed() -> None:
    worker = render({"diagnosticMode": {"enabled": True}}).worker()
    assert "worker" not in worker["args"]
    assert worker["command"][0] == "python"
    assert not [name for name in worker if name.endswith("Probe")]


def test_names_stay_short_enough_for_a_stateful_set() -> None:
    objects = render(STATIC, release="r" * 53)
    assert len(objects.workload()["metadata"]["name"]) <= 52
