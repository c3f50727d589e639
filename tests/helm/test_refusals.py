"""What the chart refuses: by its schema, and by its templates where the schema cannot say it or is skipped."""

from typing import Any

import pytest
import yaml

from deploy.helm.chart_files import CHART
from tests.helm.rendering import Refused, render

SASL = {"securityProtocol": "SASL_SSL", "sasl": {"mechanism": "PLAIN", "existingSecret": "s"}}

# By what the message has to name: values that the schema refuses.
SCHEMA: dict[str, list[dict[str, Any]]] = {
    "replicsa": [{"replicsa": 2}],
    "/kafka": [{"kafka": {"broker": ["k:9092"]}}],
    "/replicas": [{"replicas": -1}, {"replicas": "2"}, {"replicas": 1.5}],
    "/workload/kind": [{"workload": {"kind": "DaemonSet"}}],
    "/workload/podManagementPolicy": [{"workload": {"podManagementPolicy": "Random"}}],
    "/image/digest": [{"image": {"digest": "sha256:short"}}],
    "/image/pullPolicy": [{"image": {"pullPolicy": "Sometimes"}}],
    "/image/repository": [{"image": {"repository": ""}}],
    "/config/app_id": [{"config": {"app_id": "with a space"}}],
    "/config/hold_verdict": [{"config": {"hold_verdict": "hold"}}],
    "/config/max_depth": [{"config": {"max_depth": 201}}, {"config": {"max_depth": 0}}],
    "/config/max_record_bytes": [{"config": {"max_record_bytes": 0}}],
    "/config/reject_limit": [{"config": {"reject_limit": 1.1}}, {"config": {"reject_limit": -0.1}}],
    "/config/session_timeout": [{"config": {"session_timeout": 1801}}],
    "/config/log_level": [{"config": {"log_level": "loud"}}],
    "/config/packs": [{"config": {"packs": ["a", "a"]}}],
    "max_depht": [{"config": {"max_depht": 3}}],
    "/kafka/brokers": [{"kafka": {"brokers": []}}, {"kafka": {"brokers": ["kafka"]}}, {"kafka": {"brokers": "k:1"}}],
    "/kafka/securityProtocol": [{"kafka": {"securityProtocol": "TLS"}}],
    "/kafka/sasl/mechanism": [{"kafka": {"sasl": {"mechanism": "GSSAPI"}}}],
    "/packs/0": [{"packs": [{"name": "Not Small"}]}, {"packs": [{"existingConfigMap": "c"}]}],
    "/packs/0/mode": [{"packs": [{"name": "a", "mode": "maybe", "existingConfigMap": "c"}]}],
    "/http/port": [{"http": {"port": 0}}, {"http": {"port": 65536}}],
    "/terminationGracePeriodSeconds": [{"terminationGracePeriodSeconds": -1}],
    "/keda/version": [{"keda": {"version": "2"}}],
    "/keda/lagThreshold": [{"keda": {"lagThreshold": 0}}],
    "/autoscaling/maxReplicas": [{"autoscaling": {"maxReplicas": 0}}],
    "/podDisruptionBudget/unhealthyPodEvictionPolicy": [{"podDisruptionBudget": {"unhealthyPodEvictionPolicy": "No"}}],
    "/networkPolicy/kafkaPorts/0": [{"networkPolicy": {"kafkaPorts": [0]}}],
    "/dnsPolicy": [{"dnsPolicy": "Anywhere"}],
    "/topics/partitions": [{"topics": {"partitions": 0}}],
    "/commonLabels/a": [{"commonLabels": {"a": 1}}],
    "/fullnameOverride": [{"fullnameOverride": "n" * 53}],
    "/tests/timeoutSeconds": [{"tests": {"timeoutSeconds": 0}}],
}


@pytest.mark.parametrize(
    ("place", "values"), [(place, values) for place, every in SCHEMA.items() for values in every], ids=str
)
def test_the_schema_refuses(place: str, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        render(values)
    said = str(refused.value)
    assert "don't meet the specifications of the schema" in said
    assert place in said or place.replace("/", ".")[1:] in said


# By what the message has to say: values that each pass the schema, and not together.
TOGETHER: dict[str, dict[str, Any]] = {
    "only with workload.kind StatefulSet": {
        "kafka": {"staticMembership": {"enabled": True}},
        "config": {"session_timeout": 60},
    },
    "it must outlast a restart": {
        "workload": {"kind": "StatefulSet"},
        "kafka": {"staticMembership": {"enabled": True}},
    },
    "terminationGracePeriodSeconds 30: must be at least": {"config": {"drain_timeout": 21}},
    "give minAvailable or maxUnavailable": {"podDisruptionBudget": {"minAvailable": 0, "maxUnavailable": 0}},
    "autoscaling.enabled and keda.enabled": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}},
    "autoscaling.minReplicas 9": {"autoscaling": {"enabled": True, "minReplicas": 9}},
    "has nothing to go by": {"autoscaling": {"enabled": True, "targetCPUUtilizationPercentage": None}},
    "keda.minReplicaCount 9": {"keda": {"enabled": True, "minReplicaCount": 9}},
    "kafka.sasl.mechanism: ": {"kafka": {"securityProtocol": "SASL_SSL", "sasl": {"existingSecret": "s"}}},
    "kafka.sasl.existingSecret: ": {"kafka": {"securityProtocol": "SASL_SSL", "sasl": {"mechanism": "PLAIN"}}},
    "kafka.sasl: would be ignored": {"kafka": {"sasl": {"mechanism": "PLAIN", "existingSecret": "s"}}},
    "kafka.tls: would be ignored": {"kafka": {"tls": {"ca": {"existingSecret": "s"}}}},
    "kafka.tls.ca: give": {"kafka": SASL | {"tls": {"ca": {"existingSecret": "s", "existingConfigMap": "c"}}}},
    'packs "house": give': {"packs": [{"name": "house"}]},
    'packs "both": give': {"packs": [{"name": "both", "existingConfigMap": "c", "files": {"pack.yaml": "id: a"}}]},
    "packs: each needs": {"packs": [{"name": "a", "existingConfigMap": "c"}, {"name": "a", "existingConfigMap": "d"}]},
    "name at least one pack": {
        "config": {"packs": []},
        "packs": [{"name": "a", "mode": "shadow", "existingConfigMap": "c"}],
    },
    'config.shadow_packs "eu-ai-act"': {"config": {"shadow_packs": ["eu-ai-act"]}},
    "approvals: give": {"approvals": {"existingSecret": "s", "existingConfigMap": "c"}},
    "must be three topics": {"config": {"topic_rejects": "moderation.decisions"}},
    "scraped twice": {"metrics": {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}}},
    'prometheusRule "NoSuchAlert"': {"prometheusRule": {"enabled": True, "disabled": ["NoSuchAlert"]}},
}


@pytest.mark.parametrize(("message", "values"), TOGETHER.items(), ids=list(TOGETHER))
def test_the_templates_refuse(message: str, values: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="The values of chart streamward cannot be used") as refused:
        render(values)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ('workload.kind "DaemonSet"', {"workload": {"kind": "DaemonSet"}}),
        ("replicas -1", {"replicas": -1}),
        ('kafka.brokers "kafka"', {"kafka": {"brokers": ["kafka"]}}),
        ("name at least one broker", {"kafka": {"brokers": []}}),
    ],
)
def test_the_templates_hold_where_the_schema_is_skipped(message: str, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        render(values, more=["--skip-schema-validation"])
    assert message in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        render(
            {
                "replicaCount": 3,
                "config": {"drain_timeout": 60},
                "kafka": {"staticMembership": {"enabled": True}},
                "autoscaling": {"enabled": True},
                "keda": {"enabled": True},
            }
        )
    said = str(refused.value)
    assert all(word in said for word in ("replicaCount", "terminationGrace", "StatefulSet", "keda.enabled"))
    assert said.count("\n- ") == 5


@pytest.mark.parametrize(
    ("key", "text"), yaml.safe_load((CHART / "files" / "deprecated.yaml").read_text()).items(), ids=str
)
def test_a_deprecated_key_is_refused_with_the_new_one(key: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        render({key: {}})
    assert f"- {key} {text}; see UPGRADING.md" in str(refused.value)


@pytest.mark.parametrize("version", ["1.24.0", "1.24.17-gke.100"])
def test_an_old_kubernetes_is_refused(version: str) -> None:
    with pytest.raises(Refused, match="kubeVersion"):
        render(version=version)


def test_the_suffix_of_a_provider_is_no_older_version() -> None:
    assert render(version="1.25.0-gke.100")
