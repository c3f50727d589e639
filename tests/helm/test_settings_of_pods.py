"""How brokers, secrets, packs and approvals reach the worker, and what restarts it."""

import tomllib
from typing import Any

import pytest

from tests.helm.rendering import Rendered, render

SASL = {
    "securityProtocol": "SASL_SSL",
    "sasl": {"mechanism": "SCRAM-SHA-512", "existingSecret": "user", "usernameKey": "u", "passwordKey": "p"},
    "tls": {
        "ca": {"existingSecret": "ca", "key": "all.pem"},
        "client": {"existingSecret": "own", "certKey": "c", "keyKey": "k"},
    },
}
PACKS: list[dict[str, Any]] = [
    {"name": "house", "existingConfigMap": "house-rules"},
    {"name": "next", "mode": "shadow", "files": {"pack.yaml": "id: next\n"}},
]


def settings(objects: Rendered, ending: str = "-config") -> dict[str, Any]:
    return tomllib.loads(objects.one("ConfigMap", ending)["data"]["streamward.toml"])


def volume(objects: Rendered, name: str) -> dict[str, Any]:
    return next(found for found in objects.pod()["volumes"] if found["name"] == name)


def mounts(objects: Rendered) -> dict[str, str]:
    return {mount["name"]: mount["mountPath"] for mount in objects.worker()["volumeMounts"]}


def annotations(values: Any) -> dict[str, str]:
    found: dict[str, str] = render(values).workload()["spec"]["template"]["metadata"]["annotations"]
    return found


def test_secrets_are_mounted_as_files_under_the_names_of_the_settings() -> None:
    objects = render({"kafka": SASL})
    toml = settings(objects)
    assert toml["sasl_mechanism"] == "SCRAM-SHA-512"
    places = mounts(objects)
    assert toml["sasl_password_file"] == f"{places['sasl']}/{volume(objects, 'sasl')['secret']['items'][0]['path']}"
    assert volume(objects, "sasl")["secret"]["items"][0]["key"] == "p"
    assert toml["tls_ca_file"] == f"{places['ca']}/ca.crt"
    assert volume(objects, "ca")["secret"]["items"] == [{"key": "all.pem", "path": "ca.crt"}]
    assert toml["tls_cert_file"] == f"{places['client']}/tls.crt"
    assert toml["tls_key_file"] == f"{places['client']}/tls.key"
    assert [item["key"] for item in volume(objects, "client")["secret"]["items"]] == ["c", "k"]
    secret = {"secretKeyRef": {"name": "user", "key": "u"}}
    assert {"name": "STREAMWARD_SASL_USERNAME", "valueFrom": secret} in objects.worker()["env"]


def test_a_user_name_that_the_secret_lacks_is_given() -> None:
    kafka = SASL | {"sasl": {"mechanism": "PLAIN", "existingSecret": "user", "username": "ward"}}
    assert {"name": "STREAMWARD_SASL_USERNAME", "value": "ward"} in render({"kafka": kafka}).worker()["env"]


def test_authorities_may_lie_in_a_config_map() -> None:
    objects = render({"kafka": {"securityProtocol": "SSL", "tls": {"ca": {"existingConfigMap": "ca"}}}})
    assert volume(objects, "ca")["configMap"]["name"] == "ca"


def test_nothing_secret_is_mounted_without_security() -> None:
    assert mounts(render()).keys() == {"scratch", "config"}


def test_packs_are_mounted_as_folders_and_named_in_the_settings() -> None:
    objects = render({"packs": PACKS, "config": {"packs": ["azure-openai"]}})
    places = mounts(objects)
    assert settings(objects)["packs"] == ["azure-openai", places["pack-house"]]
    assert settings(objects)["shadow_packs"] == [places["pack-next"]]
    assert volume(objects, "pack-house")["configMap"]["name"] == "house-rules"
    own = objects.one("ConfigMap", "-pack-next")
    assert own["data"] == {"pack.yaml": "id: next\n"}
    assert volume(objects, "pack-next")["configMap"]["name"] == own["metadata"]["name"]


@pytest.mark.parametrize(("given", "kind"), [("existingSecret", "secret"), ("existingConfigMap", "configMap")])
def test_approvals_come_from_a_secret_or_a_config_map(given: str, kind: str) -> None:
    objects = render({"approvals": {given: "known", "key": "list.jsonl"}})
    found = volume(objects, "approvals")[kind]
    assert "known" in (found.get("secretName"), found.get("name"))
    assert found["items"] == [{"key": "list.jsonl", "path": "approvals.jsonl"}]
    assert settings(objects)["approvals"] == f"{mounts(objects)['approvals']}/approvals.jsonl"


def test_a_setting_of_null_is_left_to_its_default() -> None:
    assert "max_depth" not in settings(render({"config": {"max_depth": None}}))


def test_what_the_chart_owns_restarts_the_pods() -> None:
    before = annotations({"packs": PACKS})
    assert annotations({"packs": PACKS, "config": {"quote": True}})["checksum/config"] != before["checksum/config"]
    changed = [PACKS[0], PACKS[1] | {"files": {"pack.yaml": "id: other\n"}}]
    assert annotations({"packs": changed})["checksum/packs"] != before["checksum/packs"]
    assert annotations({"packs": PACKS, "replicas": 5}) == before


def test_what_it_does_not_own_restarts_them_by_a_token() -> None:
    assert "checksum/packs" not in annotations({"packs": PACKS[:1]})
    assert annotations({"restartToken": "2"}) == annotations({}) | {"streamward/restart-token": "2"}


def test_extensions_are_rendered_as_templates() -> None:
    objects = render(
        {
            "extraEnv": [{"name": "OF", "value": "{{ .Release.Name }}"}],
            "extraVolumes": [{"name": "more", "configMap": {"name": "{{ .Release.Name }}-more"}}],
            "extraVolumeMounts": [{"name": "more", "mountPath": "/{{ .Release.Name }}"}],
            "initContainers": [{"name": "first", "image": "i", "args": ["{{ .Release.Name }}"]}],
            "extraContainers": [{"name": "beside", "image": "i"}],
            "extraObjects": [
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "{{ .Release.Name }}-s"}},
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-t\n",
            ],
        }
    )
    assert {"name": "OF", "value": "ward"} in objects.worker()["env"]
    assert volume(objects, "more")["configMap"]["name"] == "ward-more"
    assert mounts(objects)["more"] == "/ward"
    assert objects.pod()["initContainers"][0]["args"] == ["ward"]
    assert [container["name"] for container in objects.pod()["containers"]] == ["worker", "beside"]
    assert [found["metadata"]["name"] for found in objects.all("Secret")] == ["ward-s", "ward-t"]


def test_topics_are_made_before_the_install_by_what_needs_nothing_of_it() -> None:
    objects = render({"topics": {"create": True, "partitions": 12, "replication": 2}, "kafka": SASL})
    job, config = objects.one("Job"), objects.one("ConfigMap", "-topics")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert int(config["metadata"]["annotations"]["helm.sh/hook-weight"]) < 0
    pod = job["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "default"
    assert pod["containers"][0]["args"] == ["topics", "create", "--partitions=12", "--replication=2"]
    from_chart = {
        found["metadata"]["name"] for found in objects if "helm.sh/hook" not in found["metadata"].get("annotations", {})
    }
    used = {each["configMap"]["name"] for each in pod["volumes"] if "configMap" in each}
    assert not used & from_chart
    own = settings(objects, "-topics")
    assert own["topic_requests"] == "moderation.requests"
    assert own["sasl_password_file"] == settings(objects)["sasl_password_file"]


def test_no_topics_are_made_unless_asked() -> None:
    assert render().all("Job") == []


def test_helm_test_runs_our_own_image_with_the_workers_settings() -> None:
    objects = render({"kafka": SASL})
    pod = objects.one("Pod")
    assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
    every = pod["spec"]["initContainers"] + pod["spec"]["containers"]
    assert {container["image"] for container in every} == {objects.worker()["image"]}
    config, ready = every
    assert config["args"] == ["config"]
    assert config["env"] == objects.worker()["env"]
    assert config["volumeMounts"] == objects.worker()["volumeMounts"]
    assert ready["args"] == [f"{objects.one('Service')['metadata']['name']}.there.svc", "9464", "60"]
    assert render({"tests": {"enabled": False}}).all("Pod") == []
