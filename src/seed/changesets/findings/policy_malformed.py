"""A policy that IAM cannot read (MalformedPolicyDocument)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

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
HOLDERS = ("AWS::IAM::Group", "AWS::IAM::User")
ROLE, TRUST = "AWS::IAM::Role", "AssumeRolePolicyDocument"


def find(review: Review) -> Iterator[Finding]:
    yield from refusals(review, RULE.id, LOOKS)


def _attached(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    yield from _document(properties.get("PolicyDocument"), "PolicyDocument", trust=False)


def _holder(properties: dict[str, Any], _review: Review, *, role: bool) -> Iterator[Wrong]:
    for index, one in enumerate(objects(properties.get("Policies"))):
        yield from _document(one.get("PolicyDocument"), f"Policies/{index}/PolicyDocument", trust=False)
    if role:
        yield from _document(properties.get(TRUST), TRUST, trust=True)


def _document(document: Any, place: str, *, trust: bool) -> Iterator[Wrong]:
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
            yield from _statement(one, f"{place}/Statement/{index}", trust=trust)
    sids = [one["Sid"] for one in objects(statements) if one.get("Sid") and isinstance(one["Sid"], str)]
    for sid in dict.fromkeys(sid for sid in sids if sids.count(sid) > 1):
        yield Wrong(f"has two statements with the Sid {sid[:60]}", f"{place}/Statement", "Give each a Sid of its own.")


def _statement(one: dict[str, Any], place: str, *, trust: bool) -> Iterator[Wrong]:
    effect, sid = one.get("Effect"), one.get("Sid")
    if effect not in ("Allow", "Deny") and not is_intrinsic(effect):
        yield Wrong(f"has a statement of the Effect {show(effect)[:40] or 'none'}", place, "Write Allow or Deny.")
    if isinstance(sid, str) and not SID.fullmatch(sid):
        yield Wrong(f"has the Sid {sid[:60]}", place, "A Sid has letters and digits only.")
    needs, other = ("Principal", "Resource") if trust else ("Resource", "Principal")
    for name in ("Action", needs):
        if len({name, f"Not{name}"} & one.keys()) != 1:
            yield Wrong(f"has a statement without {name}, or with both", place, f"Say {name}, or Not{name}.")
    if {other, f"Not{other}"} & one.keys():
        yield Wrong(f"has a statement with {other}, which this kind of policy has not", place, f"Leave {other} out.")
    yield from _written(one, place, trust=trust)


def _written(one: dict[str, Any], place: str, *, trust: bool) -> Iterator[Wrong]:
    for action in _texts(one.get("Action", one.get("NotAction"))):
        if not ACTION.fullmatch(action):
            yield Wrong(f"has the action {action[:60]}", place, "Write service:Action, such as s3:GetObject.")
    for resource in () if trust else _texts(one.get("Resource", one.get("NotResource"))):
        if resource != "*" and not resource.startswith("arn:"):
            yield Wrong(f"has the resource {resource[:60]}", place, "Write an ARN, or *.")


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and "{{resolve:" not in one]


LOOKS: dict[str, Look] = {
    **dict.fromkeys(ATTACHED, _attached),
    **dict.fromkeys(HOLDERS, partial(_holder, role=False)),
    ROLE: partial(_holder, role=True),
}

RULE = Rule(
    "policy-malformed",
    "A policy that IAM cannot read",
    "danger",
    "IAM refuses a policy (MalformedPolicyDocument) whose statement has no Effect, Action or Resource, an action "
    "without its service, a resource that is no ARN, a principal where whoever it is attached to is meant, two "
    "statements of one Sid, or another version of the language.",
    "IAM user guide: IAM JSON policy elements reference, Grammar of the IAM JSON policy language",
    find,
    fails=True,
)
