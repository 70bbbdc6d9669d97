"""Versions of functions and layers whose zip was rewritten: named after the bytes that will be deployed.

The framework names a version after a hash of code and settings, and Lambda refuses to publish one whose
CodeSha256 is not that of the code. Where the framework's own bytes are stored its ids are right, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seed.packages.assets import Addressed
from seed.packages.generated import Template, rename, short_hash

FUNCTION, VERSION = "AWS::Lambda::Function", "AWS::Lambda::Version"
LAYER, PERMISSION = "AWS::Lambda::LayerVersion", "AWS::Lambda::LayerVersionPermission"
VERSION_ID = re.compile(r"(?P<stem>\w+LambdaVersion)[A-Za-z0-9]{30,}")
RETAINED_ID = re.compile(r"(?P<stem>\w+)[0-9a-f]{40}")
NOT_VERSIONED = frozenset({"Tags", "ReservedConcurrentExecutions"})
"""Settings of a function that belong to all of its versions."""


def settle_versions(template: Template, code: Mapping[str, Addressed]) -> Template:
    """`code`: the zip of each function and layer, by logical id."""
    rewritten = {logical_id for logical_id, asset in code.items() if asset.rewritten}
    if not rewritten:
        return template
    template = rename(template, dict(_layer_names(template["Resources"], code, rewritten)))
    return rename(template, dict(_version_names(template["Resources"], code, rewritten)))


def _layer_names(
    resources: Mapping[str, Any], code: Mapping[str, Addressed], rewritten: set[str]
) -> Iterator[tuple[str, str]]:
    """Retained layers, and the permissions on them, carry a hash of the zip's first bytes."""
    for logical_id, resource in resources.items():
        generated = RETAINED_ID.fullmatch(logical_id)
        own = resource.get("Type") == LAYER
        layer = logical_id if own else _ref(resource, PERMISSION, "LayerVersionArn")
        if generated and layer in rewritten:
            content = [code[layer].sha256, resources[layer]["Properties"]]
            yield logical_id, generated["stem"] + short_hash(content, length=40)


def _version_names(
    resources: dict[str, Any], code: Mapping[str, Addressed], rewritten: set[str]
) -> Iterator[tuple[str, str]]:
    for logical_id, resource in resources.items():
        generated = VERSION_ID.fullmatch(logical_id)
        function = _ref(resource, VERSION, "FunctionName")
        if not generated or function not in code:
            continue
        properties = resources[function].get("Properties") or {}
        layers = {name: resources[name] for name in _layers(properties, resources)}
        if function not in rewritten and not any(_rewritten(r, code) for r in layers.values()):
            continue
        resource["Properties"]["CodeSha256"] = code[function].code_sha256
        settings = {k: v for k, v in properties.items() if k not in NOT_VERSIONED}
        content = [code[function].sha256, settings, layers, resource["Properties"].get("Description")]
        yield logical_id, generated["stem"] + short_hash(content, length=40)


def _layers(properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[str]:
    """Logical ids of the layers of this template that a function uses."""
    for layer in properties.get("Layers") or ():
        name = str(layer.get("Ref")) if isinstance(layer, dict) else ""
        if name in resources and resources[name].get("Type") == LAYER:
            yield name


def _rewritten(layer: Any, code: Mapping[str, Addressed]) -> bool:
    """Told by its key, since a retained layer was just renamed."""
    key = layer["Properties"]["Content"].get("S3Key")
    return any(asset.rewritten and asset.key == key for asset in code.values())


def _ref(resource: Any, kind: str, name: str) -> str:
    value = (resource.get("Properties") or {}).get(name) if resource.get("Type") == kind else None
    return str(value.get("Ref", "")) if isinstance(value, dict) else ""
