"""Something works with another role: what it may do is no longer what anybody has read."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.places import at
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import references, same, show
from seed.changesets.words import word

ROLES = {
    "AWS::AppRunner::Service": ("InstanceConfiguration/InstanceRoleArn",),
    "AWS::Batch::JobDefinition": ("ContainerProperties/JobRoleArn",),
    "AWS::CodeBuild::Project": ("ServiceRole",),
    "AWS::Cognito::IdentityPoolRoleAttachment": ("Roles/authenticated", "Roles/unauthenticated"),
    "AWS::EC2::Instance": ("IamInstanceProfile",),
    "AWS::ECS::TaskDefinition": ("TaskRoleArn",),
    "AWS::Glue::Job": ("Role",),
    "AWS::Lambda::Function": ("Role",),
    "AWS::Pipes::Pipe": ("RoleArn",),
    "AWS::Scheduler::Schedule": ("Target/RoleArn",),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.before and pair.after and pair.rows:
            for path in ROLES.get(pair.resource_type, ()):
                yield from _another(pair, path, review)


def _another(pair: Pair, path: str, review: Review) -> Iterator[Finding]:
    was, now = (at(side, path) for side in pair.properties)
    place = f"/Properties/{path}"
    moved = any((row.path + "/").startswith(place + "/") and not row.routine for row in pair.rows)
    if not was or not now or same(was, now) or not moved:
        return
    here = [name for _, name, _attribute in references(now) if name in review.pairs]
    yield Finding(
        RULE.id,
        Severity.NOTICE if here else Severity.WARNING,
        f"The {word(pair.resource_type)} {pair.logical_id} works with another role"
        + (f", {here[0]}." if here else ": this deployment does not say what that one allows."),
        pair.logical_id,
        evidence=f"{path}: {show(was)} → {show(now)}",
        hint="Look at what the new role allows, and the old one did not.",
    )


RULE = Rule(
    "another-role",
    "Another role",
    "warning",
    "What a function may do is what its role allows. Where it gets another one no policy changes, so nothing else "
    "tells that it may do more, or no longer what its code needs. A role of the same template can be read there; of "
    "any other nobody knows here.",
    "AWS Lambda developer guide: Execution role; IAM security best practices (least privilege)",
    find,
)
