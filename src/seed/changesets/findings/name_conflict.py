"""A resource with a name of its own must be replaced, or takes the name of another one: CloudFormation will refuse."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.rule import Rule
from seed.changesets.model import CONDITION, Finding, ResourceChange, Severity
from seed.changesets.review import Review
from seed.changesets.values import same, show
from seed.changesets.words import word

PARENTS = frozenset(
    {
        "ApiId",
        "AutoScalingGroupName",
        "BackupVaultName",
        "Cluster",
        "ConfigurationSetName",
        "EventBusName",
        "FunctionName",
        "GroupName",
        "KeyspaceName",
        "LogGroupName",
        "RestApiId",
        "RuleSetName",
        "StreamARN",
        "UserPoolId",
    }
)
"""In another one of these the same name is another name: a stage in an API, an alias of a function."""
OWN_PARENTS = {
    "AWS::EC2::SecurityGroup": {"VpcId"},
    **{f"AWS::WAFv2::{kind}": {"Scope"} for kind in ("IPSet", "RegexPatternSet", "RuleGroup", "WebACL")},
}
"""The same of one type alone."""
NAMED = {"AWS::EC2::SecurityGroup": "GroupName"}
"""What gives its name beside those that the rules know: in a network there is one of it."""
UNIQUE = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::Events::EventBus",
        "AWS::IAM::Group",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)
"""Of these an account has one of a name."""


def find(review: Review) -> Iterator[Finding]:
    yield from _kept(review)
    yield from _taken_over(review)


def _kept(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        key = NAMED.get(row.resource_type, "") or rules.name_property(row.resource_type)
        pair = review.pairs.get(row.logical_id)
        if row.replacement == "False" or row.routine or not key or pair is None:
            continue
        before, after = (side.get(key) for side in pair.properties)
        if after is None or not same(before, after) or _moves(row, key):
            continue
        certain = row.replacement == "True"
        causes = [c.path.removeprefix("/Properties/") for c in row.properties if c.recreation != "Never"]
        parents = PARENTS | OWN_PARENTS.get(row.resource_type, set()) - {key}
        if not parents.isdisjoint({cause.split("/")[0] for cause in causes} - {key}):
            continue
        yield Finding(
            "name-conflict",
            Severity.DANGER if certain else Severity.WARNING,
            f"The deployment {'will' if certain else 'may'} fail: the {word(row.resource_type)} {row.logical_id} "
            f"{'must' if certain else 'may have to'} be replaced, but keeps its {key} {show(after)}.",
            row.logical_id,
            evidence=", ".join(dict.fromkeys(causes)),
            hint=f"Change {key} in the same deployment, or leave it out so that CloudFormation makes one.",
        )


def _moves(row: ResourceChange, key: str) -> bool:
    """It is that of another resource, which is replaced: the policy of a new bucket is another one's."""
    return any(one.path == f"/Properties/{key}" and not one.routine for one in row.properties)


def _taken_over(review: Review) -> Iterator[Finding]:
    """What is removed goes last: until then its name is its own."""
    names: dict[tuple[str, str], str] = {}
    for side in (0, 1):  # what is there comes first
        for pair in review.pairs.values():
            kind = pair.resource_type if side else pair.old_type
            name = pair.properties[side].get(rules.name_property(kind)) if kind in UNIQUE else None
            if isinstance(name, str):
                names.setdefault((kind, name), pair.logical_id)
    for row in review.change_set.resources:
        whole = review.pairs.get(row.logical_id)
        key = rules.name_property(row.resource_type)
        if whole is None or row.resource_type not in UNIQUE or same(*(side.get(key) for side in whole.properties)):
            continue
        name = whole.properties[1].get(key)
        other = names.get((row.resource_type, name), row.logical_id) if isinstance(name, str) else row.logical_id
        if other != row.logical_id and not _apart(review, row.logical_id, other):
            kind = word(row.resource_type)
            yield Finding(
                "name-conflict",
                Severity.DANGER,
                f"The deployment will fail: the {kind} {row.logical_id} is to be named {name}, "
                f"as the {kind} {other} of this stack is.",
                row.logical_id,
                evidence=f"{key}: {name}",
                hint=f"Keep the logical id {other}, or give one of them another name.",
            )


def _apart(review: Review, *names: str) -> bool:
    """Under two conditions of which nobody can decide one, perhaps they are never there together."""
    asked = []
    for name in names:
        pair = review.pairs[name]
        world, side = (review.new, pair.after) if pair.after else (review.old, pair.before)
        condition = side.raw.get(CONDITION) if side else None
        asked.append((condition, world.condition(condition) if world else True))
    return asked[0][0] != asked[1][0] and any(holds is None for _, holds in asked)


RULE = Rule(
    "name-conflict",
    "A name that is not free",
    "danger",
    "CloudFormation makes the new resource before it deletes the old one, so both would need the same name: it "
    "stops with “cannot update a stack when a custom-named resource requires replacing” and rolls back. A resource "
    "that gets another logical id is a new one to it, and cannot take the name of the one that goes.",
    "CloudFormation user guide: Name type; Troubleshooting",
    find,
    fails=True,
)
