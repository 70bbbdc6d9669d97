"""What Lambda and API Gateway ask of others the moment something is made: a role that may read, methods to deploy."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from seed.changesets.findings.places import at, objects
from seed.changesets.findings.refusals import Look, Wrong, asked_for, of_types, waited_for, whose
from seed.changesets.resource import Pair
from seed.changesets.review import Review

FUNCTION, ROLE, POLICY = "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"
NEEDS = {
    "AWS::SQS::Queue": "sqs:ReceiveMessage",
    "AWS::DynamoDB::Table": "dynamodb:GetRecords",
    "AWS::Kinesis::Stream": "kinesis:GetRecords",
}
"""Source → what the role of its reader must be allowed, or it is refused (CreateEventSourceMapping)."""
MAY_HAVE_METHODS = ("AWS::ApiGateway::Method", "AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource")
READ_NOTHING = ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess")
"""Managed policies that allow none of it; of any other nobody here knows."""


def _mapping(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    function = asked_for(properties.get("FunctionName"), review, FUNCTION)
    role = asked_for(function.properties[1].get("Role"), review, ROLE) if function else None
    for kind, action in NEEDS.items() if role and role.before is None else ():
        source = asked_for(properties.get("EventSourceArn"), review, kind)
        if source and role and not _may(role, action, review):
            what = f"reads {source.logical_id}, and the role {role.logical_id} may not {action}"
            yield Wrong(
                what, f"{role.logical_id}: no {action}", f"Allow the role {action}, and what else reading takes."
            )


def _may(role: Pair, action: str, review: Review) -> bool:
    """What cannot be told is allowed."""
    managed = role.properties[1].get("ManagedPolicyArns", [])
    if not isinstance(managed, list) or not all(str(arn).endswith(READ_NOTHING) for arn in managed):
        return True
    given = role.properties[1].get("Policies", [])
    if not isinstance(given, list) or len(objects(given)) != len(given):
        return True
    documents = [one.get("PolicyDocument") for one in given]
    if of_types(review, "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        return True
    documents += [pair.properties[1].get("PolicyDocument") for pair in of_types(review, POLICY)]
    return any(_allows(document, action) for document in documents)


def _allows(document: Any, action: str) -> bool:
    given = at(document, "Statement")
    statements = given if isinstance(given, list) else [given]
    for one in statements:
        named = one.get("Action") if isinstance(one, dict) else None
        names = named if isinstance(named, list) else [named]
        known = [name.lower() for name in names if isinstance(name, str)]
        if len(known) != len(names):
            return True  # NotAction, or what is not known
        if one.get("Effect") != "Deny" and any(fnmatchcase(action.lower(), name) for name in known):
            return True
    return False


def _deployment(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    api = asked_for(properties.get("RestApiId"), review, "AWS::ApiGateway::RestApi")
    own = whose(properties, review)
    if (
        not own
        or not api
        or api.before is not None
        or api.properties[1].keys() & {"Body", "BodyS3Location", "CloneFrom"}
    ):
        return
    before = [review.pairs[name] for name in waited_for(own, review) if name in review.pairs]
    if not any(pair.resource_type in MAY_HAVE_METHODS or pair.resource_type.startswith("Custom::") for pair in before):
        what = f"is made as soon as {api.logical_id} is, which has no methods by then"
        yield Wrong(what, "DependsOn: no method", "Let it depend on the methods (DependsOn).")


LOOKS: dict[str, Look] = {
    "AWS::ApiGateway::Deployment": _deployment,
    "AWS::Lambda::EventSourceMapping": _mapping,
}
