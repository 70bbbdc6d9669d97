"""What a resource belongs to, as developers think: a version, a permission and a log group to their function.

Read from the references of the new template (of the old one for what is removed), and from what SAM made of which
resource. Roles and policies that a person wrote belong to nothing, nor do others of which a finding speaks: who may
do what is never folded away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.model import Finding, ResourceChange
from seed.changesets.resource import Pair
from seed.changesets.values import references

FUNCTION, LOG_GROUP = "AWS::Lambda::Function", "AWS::Logs::LogGroup"
METHOD, API_RESOURCE = "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource"
BY_REFERENCE = {
    "AWS::Lambda::Version": "FunctionName",
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::Lambda::EventInvokeConfig": "FunctionName",
    "AWS::Lambda::EventSourceMapping": "FunctionName",
    "AWS::Lambda::Url": "TargetFunctionArn",
    "AWS::Lambda::LayerVersionPermission": "LayerVersionArn",
    "AWS::ApiGatewayV2::Integration": "IntegrationUri",
    "AWS::ApiGatewayV2::Stage": "ApiId",
    "AWS::ApiGatewayV2::Deployment": "ApiId",
    "AWS::ApiGatewayV2::ApiMapping": "ApiId",
    "AWS::ApiGateway::Stage": "RestApiId",
    "AWS::ApiGateway::Deployment": "RestApiId",
    "AWS::ApiGateway::GatewayResponse": "RestApiId",
    "AWS::ApiGateway::Model": "RestApiId",
    "AWS::ApiGateway::RequestValidator": "RestApiId",
    "AWS::ApplicationAutoScaling::ScalableTarget": "ResourceId",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "ScalingTargetId",
    "AWS::Logs::MetricFilter": "LogGroupName",
    "AWS::Logs::SubscriptionFilter": "LogGroupName",
}
"""Type → the property whose first reference names the owner."""
ACCESS = "AWS::IAM::"
LOGS = "/aws/lambda/"
MOST_PARTS = 32


def owners(pairs: Collection[Pair]) -> dict[str, str]:
    """Logical id → the logical id of what it belongs to. Never a circle: owners are of other types."""
    seen = {pair.logical_id: (pair.resource_type, _properties(pair)) for pair in pairs}
    functions = _by_function_name(seen)
    methods = _methods(seen)
    found = {}
    for name, (kind, properties) in seen.items():
        owner = ""
        if kind in BY_REFERENCE:
            owner = first_reference(properties.get(BY_REFERENCE[kind]))
        elif kind == LOG_GROUP:
            owner = _of_log_group(properties.get("LogGroupName"), functions)
        elif kind == API_RESOURCE:
            owner = methods.get(name, "")
        elif kind == METHOD and properties.get("HttpMethod") == "OPTIONS":
            owner = methods.get(first_reference(properties.get("ResourceId")), "")
        if owner in seen and owner != name:
            found[name] = owner
    return found


def generated(old: World | None, new: World) -> dict[str, str]:
    """What a transform made → the resource as written that it was made of: their names begin alike."""
    found = {}
    for world in (old, new):
        written = world.origin.get("Resources") or {} if world else {}
        if world is None or not written or written.keys() >= world.known:
            continue
        for name in world.known - written.keys():
            sources = [source for source in written if name.startswith(source) and source in world.known]
            if sources:
                found[name] = max(sources, key=len)
    return found


def apart(rows: Iterable[ResourceChange], findings: Iterable[Finding]) -> tuple[ResourceChange, ...]:
    """Access of which a finding speaks stands by itself."""
    spoken = {finding.logical_id for finding in findings}
    return tuple(
        replace(row, belongs_to="")
        if row.belongs_to and row.resource_type.startswith(ACCESS) and row.logical_id in spoken
        else row
        for row in rows
    )


def routes(pairs: Collection[Pair]) -> dict[str, str]:
    """Logical id of an API method → `POST /orders/{id}`."""
    seen = {pair.logical_id: (pair.resource_type, _properties(pair)) for pair in pairs}
    found = {}
    for name, (kind, properties) in seen.items():
        verb = properties.get("HttpMethod")
        if kind == METHOD and isinstance(verb, str):
            found[name] = f"{verb} /{'/'.join(_path(properties.get('ResourceId'), seen))}"
    return found


def first_reference(value: Any) -> str:
    return next((name for _, name, _ in references(value) if not name.startswith("AWS::")), "")


Seen = Mapping[str, tuple[str, Mapping[str, Any]]]


def _path(resource: Any, seen: Seen) -> list[str]:
    parts: list[str] = []
    name = first_reference(resource)
    while seen.get(name, ("", {}))[0] == API_RESOURCE and len(parts) < MOST_PARTS:
        properties = seen[name][1]
        parts.insert(0, str(properties.get("PathPart", "")))
        name = first_reference(properties.get("ParentId"))
    return parts


def _methods(seen: Seen) -> dict[str, str]:
    """API resource → its method, the one that is no preflight."""
    found: dict[str, str] = {}
    for name, (kind, properties) in seen.items():
        if kind == METHOD and properties.get("HttpMethod") != "OPTIONS":
            found.setdefault(first_reference(properties.get("ResourceId")), name)
    return found


def _by_function_name(seen: Seen) -> dict[str, str]:
    return {
        properties["FunctionName"]: name
        for name, (kind, properties) in seen.items()
        if kind == FUNCTION and isinstance(properties.get("FunctionName"), str)
    }


def _of_log_group(name: Any, functions: Mapping[str, str]) -> str:
    if isinstance(name, str):
        return functions.get(name.removeprefix(LOGS), "") if name.startswith(LOGS) else ""
    return first_reference(name)


def _properties(pair: Pair) -> Mapping[str, Any]:
    before, after = pair.properties
    return after if pair.after else before
