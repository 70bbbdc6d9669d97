"""A policy that IAM, or the service whose resource it is of, cannot read (MalformedPolicyDocument)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from seed.changesets.findings.buckets_named import other_bucket
from seed.changesets.findings.places import objects
from seed.changesets.findings.refusals import Look, Wrong, refusals
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, scalar_text, show

VERSIONS = ("2012-10-17", "2008-10-17")
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
SID = re.compile(r"[A-Za-z0-9]*")
ATTACHED = (
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
)
HOLDERS = ("AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User")
TRUST = "AssumeRolePolicyDocument"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
RESOURCES = {
    "AWS::KMS::Key": "KeyPolicy",
    BUCKET_POLICY: "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
}
"""Type → the property with a policy that says who may do what with it."""


class Kind(NamedTuple):
    """What each statement has, or not; `of_iam`: IAM itself reads it, and is strict about names and resources."""

    needs: tuple[str, ...]
    never: tuple[str, ...] = ()
    of_iam: bool = True


IDENTITY = Kind(("Action", "Resource"), ("Principal",))
TRUSTS = Kind(("Action", "Principal"), ("Resource",))
OF_RESOURCE = Kind(("Action", "Principal"), of_iam=False)


def find(review: Review) -> Iterator[Finding]:
    yield from refusals(review, RULE.id, LOOKS)


def _attached(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    yield from _document(properties.get("PolicyDocument"), "PolicyDocument", IDENTITY)


def _of_resource(properties: dict[str, Any], _review: Review, *, name: str) -> Iterator[Wrong]:
    yield from _document(properties.get(name), name, OF_RESOURCE)


def _of_bucket(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    yield from _of_resource(properties, review, name=RESOURCES[BUCKET_POLICY])
    yield from other_bucket(properties, review)


def _holder(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    for index, one in enumerate(objects(properties.get("Policies"))):
        yield from _document(one.get("PolicyDocument"), f"Policies/{index}/PolicyDocument", IDENTITY)
    yield from _document(properties.get(TRUST), TRUST, TRUSTS)


def _document(document: Any, place: str, kind: Kind) -> Iterator[Wrong]:
    if not isinstance(document, dict) or is_intrinsic(document):
        return
    version = document.get("Version")
    if version is not None and not is_intrinsic(version) and scalar_text(version)[:10] not in VERSIONS:
        what = f"has a policy of the version {scalar_text(version)[:40]}"
        yield Wrong(what, f"{place}/Version", f"Write {VERSIONS[0]}: it is the version of the language, not yours.")
    given = document.get("Statement")
    statements = given if isinstance(given, list) else [given]
    if given is None:
        yield Wrong("has a policy without a statement", f"{place}/Statement", "Say what it allows, or leave it out.")
    for index, one in enumerate(statements):
        if isinstance(one, dict) and one and not is_intrinsic(one):
            yield from _statement(one, f"{place}/Statement/{index}", kind)
    sids = [one["Sid"] for one in objects(statements) if one.get("Sid") and isinstance(one["Sid"], str)]
    for sid in dict.fromkeys(sid for sid in sids if kind.of_iam and sids.count(sid) > 1):
        yield Wrong(f"has two statements with the Sid {sid[:60]}", f"{place}/Statement", "Give each a Sid of its own.")


def _statement(one: dict[str, Any], place: str, kind: Kind) -> Iterator[Wrong]:
    effect = one.get("Effect")
    if effect not in ("Allow", "Deny") and not is_intrinsic(effect):
        yield Wrong(f"has a statement of the Effect {show(effect)[:40] or 'none'}", place, "Write Allow or Deny.")
    for name in kind.needs:
        if len({name, f"Not{name}"} & one.keys()) != 1:
            yield Wrong(f"has a statement without {name}, or with both", place, f"Say {name}, or Not{name}.")
    for name in kind.never:
        if {name, f"Not{name}"} & one.keys():
            yield Wrong(f"has a statement with {name}, which this kind of policy has not", place, f"Leave {name} out.")
    for action in _texts(one.get("Action", one.get("NotAction"))):
        if not ACTION.fullmatch(action):
            yield Wrong(f"has the action {action[:60]}", place, "Write service:Action, such as s3:GetObject.")
    if kind.of_iam:
        yield from _strictly(one, place)


def _strictly(one: dict[str, Any], place: str) -> Iterator[Wrong]:
    sid = one.get("Sid")
    if isinstance(sid, str) and not SID.fullmatch(sid):
        yield Wrong(f"has the Sid {sid[:60]}", place, "A Sid has letters and digits only.")
    for resource in _texts(one.get("Resource", one.get("NotResource"))):
        if resource != "*" and not resource.startswith("arn:"):
            yield Wrong(f"has the resource {resource[:60]}", place, "Write an ARN, or *.")


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and "{{resolve:" not in one]


LOOKS: dict[str, Look] = {
    **dict.fromkeys(ATTACHED, _attached),
    **dict.fromkeys(HOLDERS, _holder),
    **{kind: partial(_of_resource, name=name) for kind, name in RESOURCES.items()},
    BUCKET_POLICY: _of_bucket,
}

RULE = Rule(
    "policy-malformed",
    "A policy that IAM cannot read",
    "danger",
    "IAM refuses a policy (MalformedPolicyDocument) whose statement has no Effect, Action or Resource, an action "
    "without its service, a resource that is no ARN, a principal where whoever it is attached to is meant, two "
    "statements of one Sid, or another version of the language; S3 one that speaks of another bucket.",
    "IAM user guide: IAM JSON policy elements reference, Grammar of the IAM JSON policy language; S3 user guide: "
    "Bucket policies for Amazon S3",
    find,
    fails=True,
)
