"""What stands around the workers: scaling, disruption, network, monitoring."""

import json
from typing import Any

import pytest

from deploy.helm.chart_files import CHART
from tests.boards.boards import BOARDS, alerts, rules
from tests.helm.rendering import Refused, helm, render
from tests.helm.test_settings_of_pods import SASL

KEDA = {"keda": {"enabled": True}}


@pytest.mark.parametrize(
    ("budget", "rendered"),
    [
        ({}, {"maxUnavailable": 1}),
        ({"maxUnavailable": 0}, {"maxUnavailable": 0}),
        ({"minAvailable": 0}, {"minAvailable": 0}),
        ({"minAvailable": "50%"}, {"minAvailable": "50%"}),
        ({"maxUnavailable": 2}, {"maxUnavailable": 2}),
    ],
    ids=str,
)
def test_a_disruption_budget_has_the_one_field_that_was_given(budget: Any, rendered: Any) -> None:
    spec = render({"podDisruptionBudget": budget}).one("PodDisruptionBudget")["spec"]
    assert {key: spec[key] for key in spec if key in ("minAvailable", "maxUnavailable")} == rendered
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"replicas": 1}, 0),
        ({"replicas": 0}, 0),
        ({"replicas": 1, "podDisruptionBudget": {"force": True}}, 1),
        ({"replicas": 2}, 1),
        ({"replicas": 2, "podDisruptionBudget": {"enabled": False}}, 0),
        ({"replicas": 1} | KEDA, 1),
        ({"keda": {"enabled": True, "maxReplicaCount": 1}}, 0),
        ({"replicas": 1, "autoscaling": {"enabled": True}}, 1),
    ],
    ids=str,
)
def test_one_replica_has_no_budget_unless_forced(values: Any, count: int) -> None:
    assert len(render(values).all("PodDisruptionBudget")) == count


def test_the_eviction_policy_is_left_out_where_kubernetes_does_not_know_it() -> None:
    assert "unhealthyPodEvictionPolicy" not in render(version="1.26.0").one("PodDisruptionBudget")["spec"]


def test_keda_reads_the_lag_of_the_workers_group() -> None:
    objects = render(KEDA | {"config": {"app_id": "judge", "topic_requests": "asked"}})
    spec = objects.one("ScaledObject")["spec"]
    metadata = spec["triggers"][0]["metadata"]
    assert (metadata["consumerGroup"], metadata["topic"]) == ("judge", "asked")
    assert metadata["offsetResetPolicy"] == "earliest"
    assert metadata["lagThreshold"] == "1000"
    assert [key for key, value in metadata.items() if not isinstance(value, str)] == []
    assert spec["scaleTargetRef"]["name"] == objects.workload()["metadata"]["name"]
    assert "authenticationRef" not in spec["triggers"][0]
    assert objects.all("TriggerAuthentication") == []


def test_keda_scales_from_nothing() -> None:
    spec = render({"keda": {"enabled": True, "minReplicaCount": 0}}).one("ScaledObject")["spec"]
    assert spec["minReplicaCount"] == 0


def test_keda_takes_the_same_secrets() -> None:
    objects = render(KEDA | {"kafka": SASL})
    trigger = objects.one("ScaledObject")["spec"]["triggers"][0]
    assert (trigger["metadata"]["sasl"], trigger["metadata"]["tls"]) == ("scram_sha512", "enable")
    auth = objects.one("TriggerAuthentication")
    assert trigger["authenticationRef"]["name"] == auth["metadata"]["name"]
    found = {entry["parameter"]: (entry["name"], entry["key"]) for entry in auth["spec"]["secretTargetRef"]}
    assert found == {
        "username": ("user", "u"),
        "password": ("user", "p"),
        "ca": ("ca", "all.pem"),
        "cert": ("own", "c"),
        "key": ("own", "k"),
    }


def test_keda_reads_a_plain_user_name_where_the_worker_does() -> None:
    kafka = {
        "securityProtocol": "SASL_PLAINTEXT",
        "sasl": {"mechanism": "PLAIN", "existingSecret": "s", "username": "w"},
    }
    objects = render(KEDA | {"kafka": kafka})
    entry = objects.one("TriggerAuthentication")["spec"]["env"][0]
    assert entry["parameter"] == "username"
    assert entry["name"] in {each["name"] for each in objects.worker()["env"]}
    assert objects.one("ScaledObject")["spec"]["triggers"][0]["metadata"]["sasl"] == "plaintext"


def test_the_autoscaler_goes_by_what_is_given() -> None:
    spec = render({"autoscaling": {"enabled": True}}).one("HorizontalPodAutoscaler")["spec"]
    assert [metric["resource"]["name"] for metric in spec["metrics"]] == ["cpu"]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300


def test_no_autoscaler_unless_asked() -> None:
    assert render().kinds().isdisjoint({"HorizontalPodAutoscaler", "ScaledObject", "NetworkPolicy"})


def test_the_network_policy_lets_the_worker_work() -> None:
    brokers = ["a.example.com:9093", "b.example.com:9093", "c.example.com:19093"]
    spec = render({"networkPolicy": {"enabled": True}, "kafka": {"brokers": brokers}}).one("NetworkPolicy")["spec"]
    ports = [[entry["port"] for entry in rule["ports"]] for rule in spec["egress"]]
    assert ports == [[53, 53], [9093, 19093]]
    assert spec["ingress"] == [{"ports": [{"port": "http", "protocol": "TCP"}]}]
    assert spec["podSelector"] == render().workload()["spec"]["selector"]


def test_a_closed_door_still_opens_for_helm_test() -> None:
    policy = {"enabled": True, "ingressFrom": [{"namespaceSelector": {}}]}
    objects = render({"networkPolicy": policy})
    peers = objects.one("NetworkPolicy")["spec"]["ingress"][0]["from"]
    assert peers[0] == {"namespaceSelector": {}}
    assert peers[1]["podSelector"]["matchLabels"].items() <= objects.one("Pod")["metadata"]["labels"].items()


def test_egress_may_be_left_open() -> None:
    spec = render({"networkPolicy": {"enabled": True, "allowExternalEgress": True}}).one("NetworkPolicy")["spec"]
    assert spec["egress"] == [{}]


@pytest.mark.parametrize("kind", ["PodMonitor", "ServiceMonitor"])
def test_a_monitor_finds_the_workers(kind: str) -> None:
    name = kind[0].lower() + kind[1:]
    objects = render({"metrics": {name: {"enabled": True, "labels": {"release": "p"}, "interval": "15s"}}})
    monitor = objects.one(kind)
    assert monitor["metadata"]["labels"]["release"] == "p"
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["there"]}
    labels = monitor["spec"]["selector"]["matchLabels"]
    target = objects.one("Service") if kind == "ServiceMonitor" else objects.workload()["spec"]["template"]
    assert labels.items() <= target["metadata"]["labels"].items()
    assert monitor["spec"]["jobLabel"] in target["metadata"]["labels"]
    endpoint = monitor["spec"]["podMetricsEndpoints" if kind == "PodMonitor" else "endpoints"][0]
    assert (endpoint["port"], endpoint["interval"]) == ("http", "15s")


def test_annotations_for_a_prometheus_without_operator() -> None:
    meta = render({"metrics": {"annotations": True}}).workload()["spec"]["template"]["metadata"]
    assert meta["annotations"]["prometheus.io/port"] == "9464"


def rendered_rules(**values: Any) -> dict[str, dict[str, Any]]:
    found = render({"prometheusRule": {"enabled": True} | values}).one("PrometheusRule")
    every = [rule for group in found["spec"]["groups"] for rule in group["rules"]]
    return {rule.get("alert", rule.get("record")): rule for rule in every}


ALERT = next((name for name, rule in alerts().items() if str(rule["expr"]).rstrip()[-1:].isdigit()), "")


def test_all_rules_are_there_with_their_braces() -> None:
    found = render({"prometheusRule": {"enabled": True}}).one("PrometheusRule")
    every = [rule for group in found["spec"]["groups"] for rule in group["rules"]]
    assert len(every) == len(rules())
    for name, rule in alerts().items():
        assert rendered_rules()[name]["annotations"] == rule["annotations"]


def test_a_rule_can_be_left_out_changed_and_moved() -> None:
    name, rule = ALERT, alerts()[ALERT]
    assert name not in rendered_rules(disabled=[name])
    changed = rendered_rules(
        thresholds={name: 123.5},
        runbookUrl="https://r.example.com/page",
        overrides={name: {"for": "99m"}},
        additionalRuleLabels={"team": "trust"},
        additionalRuleAnnotations={"contact": "on-call"},
    )[name]
    assert changed["expr"].endswith(" 123.5")
    assert changed["for"] == "99m"
    assert changed["labels"] == rule["labels"] | {"team": "trust"}
    anchor = rule["annotations"]["runbook_url"].partition("#")[2]
    assert changed["annotations"]["runbook_url"] == f"https://r.example.com/page#{anchor}"
    assert changed["annotations"]["contact"] == "on-call"


def test_no_worker_is_no_fault_where_keda_may_scale_to_nothing() -> None:
    assert "StreamwardAbsent" in rendered_rules()
    values = {"prometheusRule": {"enabled": True}, "keda": {"enabled": True, "minReplicaCount": 0}}
    groups = render(values).one("PrometheusRule")["spec"]["groups"]
    assert "StreamwardAbsent" not in [rule.get("alert") for group in groups for rule in group["rules"]]


def test_a_threshold_needs_a_number_to_take_the_place_of() -> None:
    name = next(name for name, rule in alerts().items() if not str(rule["expr"]).rstrip()[-1:].isdigit())
    with pytest.raises(Refused, match=f"overrides.{name}.expr"):
        rendered_rules(thresholds={name: 1})


def test_every_board_has_a_config_map_with_the_same_board() -> None:
    objects = render({"dashboards": {"enabled": True, "namespace": "grafana", "annotations": {"grafana_folder": "S"}}})
    found = {}
    for config in objects.all("ConfigMap"):
        if config["metadata"]["labels"].get("grafana_dashboard") == "1":
            assert config["metadata"]["namespace"] == "grafana"
            assert config["metadata"]["annotations"] == {"grafana_folder": "S"}
            (name, text), *others = config["data"].items()
            assert others == []
            assert len(text) < 1_000_000
            found[name.removesuffix(".json")] = json.loads(text)
    assert found == BOARDS


def notes(values: Any) -> str:
    return helm("install", "ward", str(CHART), "--dry-run=client", "--namespace", "there", values=values)


def test_the_notes_say_what_to_look_at_and_warn() -> None:
    said = notes({})
    assert "kubectl -n there rollout status deployment/ward-streamward" in said
    assert "kafka.brokers is the default" in said
    assert "nothing scrapes /metrics" in said
    sound = {
        "image": {"registry": "r.example.com"},
        "kafka": SASL | {"brokers": ["k:9093"]},
        "metrics": {"podMonitor": {"enabled": True}},
    }
    assert "Worth a look" not in notes(sound)
