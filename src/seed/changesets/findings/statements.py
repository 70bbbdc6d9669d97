"""IAM policy documents as small comparable permissions: who, may do what, on what, under which condition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from seed.changesets.values import show

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "AWS::IAM::Policy": ("PolicyDocument",),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument",),
    "AWS::IAM::RolePolicy": ("PolicyDocument",),
    "AWS::IAM::UserPolicy": ("PolicyDocument",),
    "AWS::IAM::GroupPolicy": ("PolicyDocument",),
    "AWS::S3::BucketPolicy": ("PolicyDocument",),
    "AWS::SQS::QueuePolicy": ("PolicyDocument",),
    "AWS::SQS::QueueInlinePolicy": ("PolicyDocument",),
    "AWS::SNS::TopicPolicy": ("PolicyDocument",),
    "AWS::SNS::TopicInlinePolicy": ("PolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy",),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::ApiGateway::RestApi": ("Policy",),
    "AWS::EFS::FileSystem": ("FileSystemPolicy",),
    "AWS::OpenSearchService::Domain": ("AccessPolicies",),
    "AWS::Events::EventBusPolicy": ("Statement",),
    "AWS::DynamoDB::Table": ("ResourcePolicy/PolicyDocument",),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument",),
    "AWS::IAM::User": (),
    "AWS::IAM::Group": (),
}
IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
EVERYBODY = "*"
MOST = 1_000
"""IAM takes some kilobytes of policy: more than this is no policy."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the before/after table."""

    effect: str
    principal: str
    action: str
    resource: str
    condition: str = ""

    def __str__(self) -> str:
        who = f"{self.principal} " if self.principal else ""
        on = f" on {self.resource}" if self.resource else ""
        under = f" if {self.condition}" if self.condition else ""
        return f"{who}{self.effect.lower()}: {self.action}{on}{under}"

    def covers(self, other: Permission) -> bool:
        """Everything that `other` says, this one says too."""
        return (
            self.effect == other.effect
            and _matches(self.principal, other.principal)
            and _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
            and self.condition in ("", other.condition)
        )

    @property
    def public(self) -> bool:
        return self.effect == "Allow" and self.principal == EVERYBODY and not self.condition

    @property
    def sweeping(self) -> bool:
        """All of a service, or of everything, on everything."""
        powers = ("*", "iam:*", "sts:*", "iam:PassRole", "iam:CreateAccessKey")
        everything = self.action == "*" or (self.action in powers and self.resource == "*")
        return self.effect == "Allow" and not self.principal and everything


def permissions(resource_type: str, properties: dict[str, Any]) -> list[Permission]:
    """Every permission that a resource's own policies give or deny, as far as anybody could read them."""
    return list(islice(_permissions(resource_type, properties), MOST))


def _permissions(resource_type: str, properties: dict[str, Any]) -> Iterator[Permission]:
    for path in DOCUMENTS.get(resource_type, ()):
        yield from _document(_at(properties, path))
    if resource_type == "AWS::Lambda::Permission":
        yield _function_permission(properties)
    if resource_type in IDENTITIES:
        for policy in _listed(properties.get("Policies")):
            yield from _document(policy.get("PolicyDocument")) if isinstance(policy, dict) else ()
        for arn in _listed(properties.get("ManagedPolicyArns")):
            yield _managed(show(arn))


def widened(before: Iterable[Permission], after: Iterable[Permission]) -> list[Permission]:
    """Allowed now and not before, and denials that are gone (as what they denied)."""
    olds, news = dict.fromkeys(before), dict.fromkeys(after)
    more = _not_covered([one for one in news if one.effect == "Allow"], olds)
    lost = _not_covered([one for one in olds if one.effect == "Deny"], news)
    return [*more, *lost]


def _not_covered(some: list[Permission], others: dict[Permission, None]) -> list[Permission]:
    wide = [one for one in others if "*" in one.principal + one.action + one.resource or not one.condition]
    return [one for one in some if one not in others and not any(other.covers(one) for other in wide)]


def _document(document: Any) -> Iterator[Permission]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    if not isinstance(document, dict):
        return
    for statement in _listed(document.get("Statement", document if "Effect" in document else [])):
        if isinstance(statement, dict):
            yield from _statement(statement)


def _statement(statement: dict[str, Any]) -> Iterator[Permission]:
    effect = show(statement.get("Effect", "Allow"))
    condition = json.dumps(statement["Condition"], sort_keys=True, default=str) if statement.get("Condition") else ""
    actions = [show(a) for a in _listed(statement.get("Action"))] or [
        f"all but {show(a)}" for a in _listed(statement.get("NotAction"))
    ]
    resources = [show(r) for r in _listed(statement.get("Resource"))] or [
        f"all but {show(r)}" for r in _listed(statement.get("NotResource"))
    ]
    for principal in _principals(statement):
        for action in actions or [""]:
            for resource in resources or [""]:
                yield Permission(effect, principal, action, resource, condition)


def _principals(statement: dict[str, Any]) -> list[str]:
    if "NotPrincipal" in statement:
        return [f"all but {show(statement['NotPrincipal'])}"]
    given = statement.get("Principal")
    if given is None:
        return [""]
    if not isinstance(given, dict) or len(given) == 0:
        return [show(given)]
    found = []
    for kind, names in given.items():
        for name in _listed(names):
            text = show(name)
            found.append(EVERYBODY if text == "*" else text if kind in ("AWS", "Service") else f"{kind} {text}")
    return found


def _function_permission(properties: dict[str, Any]) -> Permission:
    keys = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")
    limits = [f"{key} {show(properties[key])}" for key in keys if key in properties]
    return Permission(
        "Allow",
        show(properties.get("Principal", "")),
        show(properties.get("Action", "")),
        show(properties.get("FunctionName", "")),
        ", ".join(limits),
    )


def _managed(arn: str) -> Permission:
    name = arn.rsplit("/", 1)[-1]
    return Permission("Allow", "", "*" if name == "AdministratorAccess" else f"all of {name}", "*")


def _matches(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    escaped = pattern.replace("[", "[[]")
    return "*" in pattern and not pattern.startswith("all but") and fnmatchcase(text, escaped)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _at(value: Any, path: str) -> Any:
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value
