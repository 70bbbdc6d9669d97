"""A resource type that the region of the stack does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.rules.regions import elsewhere

NEAREST = 3


def find(review: Review) -> Iterator[Finding]:
    region = review.new.pseudo.region
    there = {pair.old_type for pair in review.pairs.values()}
    added = {
        row.resource_type: row.logical_id
        for row in reversed(review.change_set.resources)
        if row.action == "Add" and row.resource_type not in there
    }
    for kind, name in sorted(added.items()):
        others = elsewhere(kind, region)
        if others:
            yield Finding(
                RULE.id,
                Severity.WARNING,
                f"{kind} is not offered in {region}, by what is known here: the deployment may fail.",
                name,
                evidence=f"offered in {_several(_near(region, others))}",
                hint="Deploy it in a region that offers it, or leave it out of this one by a condition.",
            )


def _near(region: str, others: tuple[str, ...]) -> list[str]:
    """Those of the same part of the world first."""
    part = region.partition("-")[0]
    return sorted(others, key=lambda name: (name.partition("-")[0] != part, name))


def _several(names: list[str]) -> str:
    more = len(names) - NEAREST
    return ", ".join(names[:NEAREST]) + (f" and {more} more" if more > 0 else "")


RULE = Rule(
    "type-elsewhere",
    "A resource type of other regions",
    "warning",
    "CloudFormation refuses a type that the region of the stack does not offer. What each region offers is known as of "
    "the lists that Seed ships, and regions get more types every month; so only types that the stack does not have yet "
    "are looked up.",
    "The resource types that the CloudFormation registry of each region has, as cfn-lint lists them",
    find,
)
