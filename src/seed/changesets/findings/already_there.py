"""Of some things there can be only one: the new one is made while the old one is still there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import references, show
from seed.changesets.words import word

PATH_PART = "PathPart"
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::BasePathMapping": ("DomainName", "BasePath"),
    "AWS::ApiGateway::Method": ("RestApiId", "ResourceId", "HttpMethod"),
    "AWS::ApiGateway::Resource": ("RestApiId", "ParentId", PATH_PART),
    "AWS::ApiGateway::Stage": ("RestApiId", "StageName"),
    "AWS::ApiGatewayV2::ApiMapping": ("DomainName", "ApiMappingKey"),
    "AWS::ApiGatewayV2::Route": ("ApiId", "RouteKey"),
    "AWS::ApiGatewayV2::Stage": ("ApiId", "StageName"),
    "AWS::AppSync::Resolver": ("ApiId", "TypeName", "FieldName"),
    "AWS::Cognito::UserPoolDomain": ("Domain",),
    "AWS::EFS::MountTarget": ("FileSystemId", "SubnetId"),
    "AWS::ElasticLoadBalancingV2::Listener": ("LoadBalancerArn", "Port"),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::EventSourceMapping": ("FunctionName", "EventSourceArn"),
    "AWS::Lambda::Url": ("TargetFunctionArn", "Qualifier"),
    "AWS::Route53::RecordSet": ("HostedZoneId", "HostedZoneName", "Name", "Type", "SetIdentifier"),
    "AWS::S3::BucketPolicy": ("Bucket",),
}
"""Type → what makes two of them the same to its service."""


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    there: dict[tuple[str, str], str] = {}
    for pair in review.pairs.values():
        if pair.before and (key := _identity(pair.old_type, pair.properties[0], rows)):
            there.setdefault((pair.old_type, key), pair.logical_id)
    for row in rows.values():
        made = row.action == "Add" or (row.replacement == "True" and not row.routine)
        new = review.pairs.get(row.logical_id)
        key = _identity(row.resource_type, new.properties[1], rows) if made and new else ""
        other = review.pairs.get(there.get((row.resource_type, key), ""))
        if key and other and new and _still(other, row, key, rows):
            yield _finding(row, new, other)


def _identity(kind: str, properties: Mapping[str, Any], rows: Mapping[str, ResourceChange]) -> str:
    """'' where there can be many, or where it is part of something that is made anew itself."""
    values = [properties.get(key) for key in ONE_OF.get(kind, ())]
    if all(value is None for value in values):
        return ""
    parts = [rows.get(source) for _, source, _attribute in references(values)]
    if any(part and (part.action in ("Add", "Remove") or part.replacement != "False") for part in parts):
        return ""
    return json.dumps([_part(value) for value in values], sort_keys=True, default=str)


def _part(value: Any) -> Any:
    """Beside a variable part of a path there can be no other, whatever it is called."""
    return "{}" if isinstance(value, str) and value.startswith("{") and value.endswith("}") else value


def _still(other: Pair, row: ResourceChange, key: str, rows: Mapping[str, ResourceChange]) -> bool:
    """What is updated in place to be something else may be that in time."""
    if other.logical_id == row.logical_id or other.after is None:
        return True
    return _identity(other.resource_type, other.properties[1], rows) == key


def _finding(row: ResourceChange, pair: Pair, other: Pair) -> Finding:
    kind, keys = word(row.resource_type), ONE_OF[row.resource_type]
    given = {key: pair.properties[1][key] for key in keys if key in pair.properties[1]}
    if other.logical_id == row.logical_id:
        what = f"the new {kind} {row.logical_id} is made before the old one goes"
        hint = "Leave out what forces the replacement, or remove it in a deployment of its own and add it in the next."
    elif other.after is None:
        what = f"the {kind} {row.logical_id} is made before the {kind} {other.logical_id} goes"
        hint = f"Keep the logical id {other.logical_id}, or remove that in a deployment of its own first."
    else:
        what = f"the {kind} {row.logical_id} is made beside the {kind} {other.logical_id}"
        hint = "Leave one of them out."
    return Finding(
        RULE.id,
        Severity.DANGER,
        f"The deployment will fail: {what}, and there can be only one.",
        row.logical_id,
        evidence="; ".join(f"{key}: {show(value)}" for key, value in given.items()),
        hint=hint,
    )


RULE = Rule(
    "already-there",
    "There can be only one",
    "danger",
    "CloudFormation makes what is new before it deletes what goes. A second mapping of the same source to the same "
    "function, route of the same key, resource of the same path (or with another variable in its place), policy of "
    "the same bucket, record of the same name and the like is refused while the first is there: “already exists”.",
    "CloudFormation user guide: Update behaviors of stack resources; Create calls of Lambda, API Gateway, AppSync, "
    "Route 53, S3, Elastic Load Balancing, EFS",
    find,
    fails=True,
)
