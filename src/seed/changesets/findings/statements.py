"""IAM policy documents as small comparable permissions: who, may do what, on what, under which condition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, NamedTuple

from seed.changesets.findings.conditions import canonical, in_words, names_subject, restricts
from seed.changesets.findings.places import at
from seed.changesets.values import show

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "AWS::IAM::Policy": ("PolicyDocument",),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument",),
    "AWS::IAM::RolePolicy": ("PolicyDocument",),
    "AWS::IAM::UserPolicy": ("PolicyDocument",),
    "AWS::IAM::GroupPolicy": ("PolicyDocument",),
    "AWS::S3::BucketPolicy": ("PolicyDocument",),
    "AWS::S3::AccessPoint": ("Policy",),
    "AWS::S3Express::BucketPolicy": ("PolicyDocument",),
    "AWS::S3Tables::TableBucketPolicy": ("ResourcePolicy",),
    "AWS::SQS::QueuePolicy": ("PolicyDocument",),
    "AWS::SQS::QueueInlinePolicy": ("PolicyDocument",),
    "AWS::SNS::TopicPolicy": ("PolicyDocument",),
    "AWS::SNS::TopicInlinePolicy": ("PolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::KMS::ReplicaKey": ("KeyPolicy",),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy",),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::ECR::PublicRepository": ("RepositoryPolicyText",),
    "AWS::ECR::RegistryPolicy": ("PolicyText",),
    "AWS::ApiGateway::RestApi": ("Policy", "Body/x-amazon-apigateway-policy"),
    "AWS::EFS::FileSystem": ("FileSystemPolicy",),
    "AWS::OpenSearchService::Domain": ("AccessPolicies",),
    "AWS::Elasticsearch::Domain": ("AccessPolicies",),
    "AWS::Events::EventBusPolicy": ("Statement",),
    "AWS::Events::EventBus": ("Policy",),
    "AWS::DynamoDB::Table": ("ResourcePolicy/PolicyDocument", "StreamSpecification/ResourcePolicy/PolicyDocument"),
    "AWS::Kinesis::ResourcePolicy": ("ResourcePolicy",),
    "AWS::Logs::ResourcePolicy": ("PolicyDocument",),
    "AWS::Backup::BackupVault": ("AccessPolicy",),
    "AWS::Backup::LogicallyAirGappedBackupVault": ("AccessPolicy",),
    "AWS::Bedrock::ResourcePolicy": ("PolicyDocument",),
    "AWS::CloudTrail::ResourcePolicy": ("ResourcePolicy",),
    "AWS::CodeArtifact::Domain": ("PermissionsPolicyDocument",),
    "AWS::CodeArtifact::Repository": ("PermissionsPolicyDocument",),
    "AWS::EC2::VPCEndpoint": ("PolicyDocument",),
    "AWS::EventSchemas::RegistryPolicy": ("Policy",),
    "AWS::IoT::Policy": ("PolicyDocument",),
    "AWS::Lambda::ResourcePolicy": ("PolicyDocument",),
    "AWS::Logs::LogGroup": ("ResourcePolicyDocument",),
    "AWS::MSK::ClusterPolicy": ("Policy",),
    "AWS::OSIS::Pipeline": ("ResourcePolicy/Policy",),
    "AWS::Oam::Sink": ("Policy",),
    "AWS::S3::MultiRegionAccessPointPolicy": ("Policy",),
    "AWS::S3Express::AccessPoint": ("Policy",),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("PolicyDocument",),
    "AWS::S3Tables::TablePolicy": ("ResourcePolicy",),
    "AWS::S3Vectors::VectorBucketPolicy": ("Policy",),
    "AWS::SSM::ResourcePolicy": ("Policy",),
    "AWS::SSO::PermissionSet": ("InlinePolicy",),
    "AWS::VpcLattice::AuthPolicy": ("Policy",),
    "AWS::VpcLattice::ResourcePolicy": ("Policy",),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument",),
    "AWS::IAM::User": (),
    "AWS::IAM::Group": (),
}
IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
CALLS = ("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission")
"""One permission each, without a document."""
ATTACHED = frozenset(kind for kind in DOCUMENTS if kind.endswith("Policy"))
"""Policies that are resources of their own: what they speak of may live on without them."""
EVERYBODY = "*"
ALL_BUT = "all but "
SERVICE = re.compile(r"[a-z0-9-]+:\*", re.IGNORECASE)
SHARED = {
    "cognito-identity.amazonaws.com": ":aud",
    "oidc-provider/agent.buildkite.com": ":sub",
    "oidc-provider/app.terraform.io": ":sub",
    "oidc-provider/gitlab.com": ":sub",
    "oidc-provider/token.actions.githubusercontent.com": ":sub",
}
"""Who gives tokens to everybody that has an account there → what a condition must ask to mean somebody."""
POWERS = frozenset({"*", "iam:passrole", "iam:createaccesskey", "iam:attachrolepolicy", "iam:putrolepolicy"})
WHOLE_NAME = re.compile(r"[\w-]+:\w+")
MOST = 1_000
"""IAM takes some kilobytes of policy: more than this is no policy."""


class Permission(NamedTuple):
    """One line of the before/after table."""

    effect: str
    principal: str
    action: str
    resource: str
    condition: str = ""

    def __str__(self) -> str:
        who = f"{self.principal} " if self.principal else ""
        on = f" on {self.resource}" if self.resource else ""
        under = f" if {in_words(self.condition)}" if self.condition else ""
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
        """For everybody (or everybody but some), under no condition that keeps strangers out."""
        if self.effect != "Allow":
            return False
        shared = next((key for host, key in SHARED.items() if self.principal.endswith(host)), "")
        if shared and self.principal.startswith("Federated "):
            return not names_subject(self.condition, shared)
        everybody = self.principal == EVERYBODY or self.principal.startswith(ALL_BUT)
        return everybody and not restricts(self.condition)

    @property
    def sweeping(self) -> bool:
        """All of a service or what makes an administrator, on everything; or everything on something."""
        if self.effect != "Allow" or self.principal:
            return False
        much = self.action.lower() in POWERS or bool(SERVICE.fullmatch(self.action)) or self.action.startswith("all ")
        return self.action == "*" or (much and _everything(self.resource))


def _everything(resource: str) -> bool:
    return resource == "*" or bool(re.fullmatch(r"arn:[^/]*:\*", resource))


def permissions(resource_type: str, properties: dict[str, Any]) -> list[Permission]:
    """Every permission that a resource's own policies give or deny, as far as anybody could read them."""
    return list(islice(_permissions(resource_type, properties), MOST))


def _permissions(resource_type: str, properties: dict[str, Any]) -> Iterator[Permission]:
    for path in DOCUMENTS.get(resource_type, ()):
        yield from _document(at(properties, path))
    if resource_type in CALLS and properties:
        yield _call(properties)
    if resource_type == "AWS::Events::EventBusPolicy" and "Principal" in properties:
        yield _bus(properties)
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
    """An action by its whole name covers that one alone: only those are looked at, and what is no whole name."""
    wide = [one for one in others if "*" in one.principal + one.action + one.resource or not one.condition]
    by_action: dict[str, list[Permission]] = {}
    for one in wide:
        whole = WHOLE_NAME.fullmatch(one.action)
        by_action.setdefault(one.action.lower() if whole else "", []).append(one)
    return [
        one
        for one in some
        if one not in others
        and not any(other.covers(one) for key in {one.action.lower(), ""} for other in by_action.get(key, ()))
    ]


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
    condition = canonical(statement.get("Condition"))
    for principal in _principals(statement):
        for action in _named(statement, "Action"):
            for resource in _named(statement, "Resource"):
                yield Permission(effect, principal, action, resource, condition)


def _named(statement: dict[str, Any], key: str) -> list[str]:
    """Each of `Action`; all of `NotAction` as one; [''] where neither is said."""
    given = [show(one) for one in _listed(statement.get(key))]
    left_out = sorted(show(one) for one in _listed(statement.get(f"Not{key}")))
    return given or ([ALL_BUT + ", ".join(left_out)] if left_out else [""])


def _principals(statement: dict[str, Any]) -> list[str]:
    if "NotPrincipal" in statement:
        return [f"{ALL_BUT}{show(statement['NotPrincipal'])}"]
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


def _call(properties: dict[str, Any]) -> Permission:
    """A permission of a function or a layer."""
    keys = ("SourceArn", "SourceAccount", "PrincipalOrgID", "OrganizationId", "EventSourceToken")
    limits = [f"{key} {show(properties[key])}" for key in keys if key in properties]
    return Permission(
        "Allow",
        show(properties.get("Principal", "")),
        show(properties.get("Action", "")),
        show(properties.get("FunctionName") or properties.get("LayerVersionArn") or ""),
        ", ".join(limits),
    )


def _bus(properties: dict[str, Any]) -> Permission:
    """The older form: a principal and an action, and perhaps an organization."""
    limit = show(at(properties, "Condition/Value"))
    action = show(properties.get("Action", "events:PutEvents"))
    return Permission("Allow", show(properties["Principal"]), action, show(properties.get("EventBusName", "")), limit)


def _managed(arn: str) -> Permission:
    name = arn.rsplit("/", 1)[-1]
    if name == "AdministratorAccess":
        return Permission("Allow", "", "*", "*")
    much = name.endswith(("FullAccess", "PowerUserAccess"))
    return Permission("Allow", "", f"{'all of' if much else 'what'} {name}{'' if much else ' says'}", "*")


def _matches(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    if pattern.startswith(ALL_BUT):
        return text.startswith(ALL_BUT) and _left_out(pattern) <= _left_out(text)
    escaped = pattern.replace("[", "[[]")
    return "*" in pattern and fnmatchcase(text, escaped)


def _left_out(text: str) -> set[str]:
    return set(text.removeprefix(ALL_BUT).split(", "))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
