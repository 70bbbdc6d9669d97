"""IAM resources and macros need a word of consent with the deployment."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

IAM, NAMED, EXPAND = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"
STACK = "AWS::CloudFormation::Stack"
NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
KINDS = {
    *NAMES,
    "AWS::IAM::Policy",
    "AWS::IAM::AccessKey",
    "AWS::IAM::UserToGroupAddition",
}


def find(review: Review) -> Iterator[Finding]:
    if review.change_set.empty:
        return
    for capability, because in (_of_resources(review), _of_macros(review)):
        if capability:
            yield _told(review, capability, because)


def _told(review: Review, capability: str, because: str) -> Finding:
    given = review.capabilities
    if given is None:
        sentence = f"The deployment needs {capability}, because of {because}."
        if capability == EXPAND:
            sentence = f"A deployment without a change set needs {capability}, because of {because}."
    else:
        sentence = f"The deployment will fail: it needs {capability}, because of {because}, and is not given it."
    return Finding(
        "capability-missing",
        Severity.NOTICE if given is None else Severity.DANGER,
        sentence,
        because if because in review.new.known else "",
        evidence=f"given: {', '.join(sorted(given)) or 'none'}" if given is not None else "",
        hint=f"Deploy with --capabilities {capability}.",
    )


def _of_resources(review: Review) -> tuple[str, str]:
    """(the capability that is missing, the resource that asks for it)."""
    needed, because = _needed(review.new)
    given = review.capabilities
    if given is None:
        # Who deployed it knows.
        known = review.old is not None and _needed(review.old)[0] in (needed, NAMED)
    else:
        known = needed in given or NAMED in given
    return ("", "") if known else (needed, because)


def _of_macros(review: Review) -> tuple[str, str]:
    """A change set needs it only for macros beside nested stacks; a deployment without one for any macro."""
    macros, given = _macros(review.new), review.capabilities
    if given is None:
        needed = bool(macros) and not (review.old is not None and _macros(review.old))
    else:
        nested = any(resource["Type"] == STACK for resource in review.new.resources.values())
        needed = bool(macros) and nested and EXPAND not in given
    return (EXPAND, macros[0]) if needed else ("", "")


def _macros(world: World) -> tuple[str, ...]:
    """As the template was written, before it was expanded here."""
    return world.first.unseen


def _needed(world: World) -> tuple[str, str]:
    """(the capability, the resource that asks for it)."""
    kinds = {name: resource["Type"] for name, resource in world.resources.items() if resource["Type"] in KINDS}
    for name, kind in kinds.items():
        if kind in NAMES and NAMES[kind] in (world.resources[name].get("Properties") or {}):
            return NAMED, name
    return (IAM, next(iter(kinds))) if kinds else ("", "")


RULE = Rule(
    "capability-missing",
    "A capability is missing",
    "danger",
    "CloudFormation makes roles and policies only with CAPABILITY_IAM, and those with a name of their own only with "
    "CAPABILITY_NAMED_IAM: “Requires capabilities”. A template with macros needs CAPABILITY_AUTO_EXPAND where it is "
    "deployed without a change set, or has nested stacks too. Where nobody told what is given it is a notice, once, "
    "when the template begins to need it.",
    "CloudFormation API reference: CreateChangeSet, Capabilities",
    find,
    fails=True,
)
