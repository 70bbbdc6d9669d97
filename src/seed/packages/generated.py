"""Generated logical ids: find those that carry a clock, and name them after what they depend on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

CLOCKED = re.compile(r"(?P<stem>(?:ApiGateway|Websockets)Deployment)(?P<clock>\d{10,})(?P<rest>\w*)")
DEPLOYMENTS = {
    "AWS::ApiGateway::Deployment": (
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::RestApi",
    ),
    "AWS::ApiGatewayV2::Deployment": (
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Api",
    ),
}
SHORT = 12
Template = dict[str, Any]


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def deployments(template: Template) -> Iterator[tuple[str, str, str]]:
    """(logical id, stem, suffix) of each API deployment; the suffix is made of what it publishes."""
    resources: Mapping[str, Any] = template.get("Resources") or {}
    for logical_id, resource in resources.items():
        kinds = DEPLOYMENTS.get(resource.get("Type", ""))
        stem = re.match(r"(?:ApiGateway|Websockets)Deployment", logical_id)
        if kinds and stem:
            yield logical_id, stem[0], published(resources, resource, kinds)


def published(resources: Mapping[str, Any], deployment: Any, kinds: tuple[str, ...]) -> str:
    """A hash over everything of the API that a deployment takes a picture of."""
    picture = {k: v for k, v in resources.items() if v.get("Type") in kinds}
    text = canonical([picture, deployment.get("Properties"), sorted(_names(deployment.get("DependsOn")))])
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


def rename(template: Template, names: Mapping[str, str]) -> Template:
    """Logical ids renamed wherever they are: as keys, in Ref, GetAtt, Sub, DependsOn."""
    if not names:
        return template
    resources = template.get("Resources") or {}
    moved = {names.get(k, k): v for k, v in resources.items()}
    renamed = {**template, "Resources": moved}
    result: Template = _walk(renamed, names)
    return result


def _walk(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _reference(k, v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_walk(item, names) for item in value]
    return value


def _reference(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in {"Ref", "DependsOn"} and isinstance(value, str):
        return names.get(value, value)
    if key == "DependsOn" and isinstance(value, list):
        return [names.get(item, item) for item in value]
    if key == "Fn::GetAtt" and isinstance(value, list) and value:
        return [names.get(value[0], value[0]), *value[1:]]
    if key == "Fn::GetAtt" and isinstance(value, str):
        head, dot, rest = value.partition(".")
        return names.get(head, head) + dot + rest
    if key == "Fn::Sub":
        return _sub(value, names)
    return _walk(value, names)


def _sub(value: Any, names: Mapping[str, str]) -> Any:
    def text(source: str) -> str:
        return re.sub(r"\$\{(\w+)", lambda m: "${" + names.get(m[1], m[1]), source)

    if isinstance(value, str):
        return text(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [text(value[0]), *(_walk(item, names) for item in value[1:])]
    return _walk(value, names)


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value or []]
