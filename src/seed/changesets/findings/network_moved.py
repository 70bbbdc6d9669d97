"""A function moves into a network, or out of one: other things are within its reach than before."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.places import at
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic
from seed.changesets.words import word

FUNCTION, SUBNETS = "AWS::Lambda::Function", "VpcConfig/SubnetIds"


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type != FUNCTION or not (pair.before and pair.after and pair.rows):
            continue
        undecided = any(is_intrinsic(side.get("VpcConfig")) for side in pair.properties)
        was, now = (bool(at(side, SUBNETS)) for side in pair.properties)
        if was != now and not undecided:
            what = (
                "moves into a network: without a NAT gateway or endpoints there it reaches nothing outside"
                if now
                else "leaves its network: what only that one reaches is out of its reach"
            )
            yield Finding(
                RULE.id,
                Severity.WARNING,
                f"The {word(FUNCTION)} {pair.logical_id} {what}.",
                pair.logical_id,
                evidence=f"{SUBNETS}: {'not set → set' if now else 'set → not set'}",
                hint="Make sure that it reaches what it calls: databases, AWS's own services, the internet.",
            )


RULE = Rule(
    "network-moved",
    "A function moves between networks",
    "warning",
    "A function outside of any VPC reaches the internet and AWS's services, and nothing private; one inside reaches "
    "what its subnets' routes lead to, and no more. The deployment succeeds either way, and the calls time out.",
    "AWS Lambda developer guide: Giving functions access to resources in a VPC; Internet access for VPC functions",
    find,
)
