"""Whether an object is one that an API server takes: strictly by the schemas of Kubernetes and of CRDs."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import yaml

from tests.helm import tools

Object = dict[str, Any]
KINDS = "x-kubernetes-group-version-kind"
OPEN = "x-kubernetes-preserve-unknown-fields"


def faults(found: Object, version: str) -> list[str]:
    """What is wrong with the object for that version of Kubernetes; an unknown kind is a fault."""
    group, _, api = str(found["apiVersion"]).rpartition("/")
    validator = native(version, group, api, found["kind"]) or custom(group, api, found["kind"])
    name = f"{found['kind']}/{found['metadata']['name']}"
    if validator is None:
        return [f"{name}: no schema of {found['apiVersion']} {found['kind']} in Kubernetes {version}"]
    return [
        f"{name}: /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator.iter_errors(found)
    ]


@cache
def definitions(version: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((tools.schemas() / f"{version}.json").read_text())["$defs"]
    return loaded


@cache
def native(version: str, group: str, api: str, kind: str) -> jsonschema_rs.Validator | None:
    wanted = {"group": group, "version": api, "kind": kind}
    named = definitions(version)
    for name, schema in named.items():
        if wanted in schema.get(KINDS, ()):
            needed = reached(f"#/$defs/{name}", named)
            return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": needed})
    return None


def reached(start: str, named: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that one leads to."""
    needed: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop().removeprefix("#/$defs/")
        if name not in needed:
            needed[name] = named[name]
            waiting.extend(references(named[name]))
    return needed


def references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, inner in schema.items():
            if key == "$ref" and isinstance(inner, str):
                yield inner
            else:
                yield from references(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from references(inner)


@cache
def custom(group: str, api: str, kind: str) -> jsonschema_rs.Validator | None:
    plural = f"{kind.lower()}s"
    path = tools.crds() / f"{group}_{plural}.yaml"
    if not path.exists():
        return None
    definition = yaml.load(path.read_text(), yaml.CSafeLoader)
    for version in definition["spec"]["versions"]:
        if version["name"] == api:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object", "required": ["name", "namespace"]}
            return jsonschema_rs.Draft7Validator(schema)
    return None


def closed(schema: Any) -> Any:
    """The schema of a CRD, refusing the unknown fields that an API server would only drop."""
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    # Flags inside a pattern are Go's own and no part of JSON Schema.
    made = {key: closed(inner) for key, inner in schema.items() if not (key == "pattern" and "(?" in str(inner))}
    if isinstance(schema.get("properties"), dict) and "type" in schema and not schema.get(OPEN):
        made.setdefault("additionalProperties", False)
    return made
