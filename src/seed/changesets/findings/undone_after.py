"""What goes takes with it what has just come: both say the same of the same thing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import references, show
from seed.changesets.words import listed, word

SETS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ((), ("ResourceId", "ScalableDimension")),
    "AWS::IAM::Policy": (("Roles", "Users", "Groups"), ("PolicyName",)),
    "AWS::SNS::TopicPolicy": (("Topics",), ()),
    "AWS::SQS::QueuePolicy": (("Queues",), ()),
}
"""Type → (the lists of what it is set on, what else must be the same)."""


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    gone = [
        pair for pair in review.pairs.values() if pair.after is None and pair.old_type in SETS and _goes(pair, rows)
    ]
    for row in rows.values():
        pair = review.pairs.get(row.logical_id)
        for other in gone if row.action == "Add" and pair and row.resource_type in SETS else ():
            both = _targets(other, 0) & _targets(pair, 1) if pair and other.old_type == row.resource_type else set()
            if both and not _made_anew(both, rows):
                yield _finding(row, other, [show(json.loads(one)) for one in sorted(both)])


def _goes(pair: Pair, rows: Mapping[str, ResourceChange]) -> bool:
    row = rows.get(pair.logical_id)
    return row is not None and row.policy_action == "Delete"


def _targets(pair: Pair, side: int) -> set[str]:
    properties = pair.properties[side]
    lists, same = SETS[pair.resource_type]
    key = [properties.get(name) for name in same]
    if not lists:
        return {json.dumps(key, sort_keys=True, default=str)}
    given = [one for name in lists for one in (properties.get(name) or []) if isinstance(properties.get(name), list)]
    return {json.dumps([one, *key], sort_keys=True, default=str) for one in given}


def _made_anew(targets: set[str], rows: Mapping[str, ResourceChange]) -> bool:
    parts = [rows.get(source) for one in targets for _, source, _attribute in references(json.loads(one))]
    return any(part and (part.action != "Modify" or part.replacement != "False") for part in parts)


def _finding(row: ResourceChange, other: Pair, targets: list[str]) -> Finding:
    kind = word(row.resource_type)
    return Finding(
        RULE.id,
        Severity.WARNING,
        f"The {kind} {other.logical_id} goes after the {kind} {row.logical_id} has come, and may take along what that "
        "sets: both are for the same.",
        row.logical_id,
        evidence=listed(targets),
        hint=f"Keep the logical id {other.logical_id}, or remove it in a deployment of its own first.",
    )


RULE = Rule(
    "undone-after",
    "What comes is taken away again",
    "warning",
    "CloudFormation deletes what goes after it has made what comes. A policy of a queue or topic, an inline policy of "
    "the same name, or a scaling target for the same thing is one setting: deleting the old resource clears it, though "
    "the new one has just set it.",
    "CloudFormation user guide: Update behaviors of stack resources; SQS, SNS, IAM and Application Auto Scaling API "
    "references",
    find,
)
