"""IAM resources need a word of consent with the deployment."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

IAM, NAMED = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"
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
    needed, because = _needed(review.new)
    given = review.capabilities
    if not needed or (given is not None and (needed in given or NAMED in given)):
        return
    if given is None and review.old is not None and _needed(review.old)[0] in (needed, NAMED):
        return  # who deployed it knows
    sentence = f"needs {needed}, because of {because}"
    yield Finding(
        "capability-missing",
        Severity.NOTICE if given is None else Severity.DANGER,
        f"The deployment {sentence}."
        if given is None
        else f"The deployment will fail: it {sentence}, and is not given it.",
        because,
        evidence=f"given: {', '.join(sorted(given)) or 'none'}" if given is not None else "",
        hint=f"Deploy with --capabilities {needed}.",
    )


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
    "CAPABILITY_NAMED_IAM: “Requires capabilities”. Where nobody told what is given it is a notice, once, when the "
    "template begins to need it.",
    "CloudFormation API reference: CreateChangeSet, Capabilities",
    find,
    fails=True,
)
