"""A resource type that nobody told us of."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.rule import Rule
from seed.changesets.model import MODULE, Finding, Severity
from seed.changesets.review import Review
from seed.changesets.rules.services import every_type

PRIVATE = ("AWS::Serverless::", "AWS::CloudFormation::CustomResource")
LOOKED_UP = 5
LONGEST = 100


def find(review: Review) -> Iterator[Finding]:
    kinds = {
        row.resource_type: row.logical_id
        for row in review.change_set.resources
        if row.action != "Remove" and row.resource_type.startswith("AWS::") and not rules.known(row.resource_type)
    }
    unknown = sorted(kind for kind in kinds if not kind.startswith(PRIVATE) and not kind.endswith(MODULE))
    if unknown:
        from difflib import get_close_matches

        every = every_type()
    for index, kind in enumerate(unknown):
        near = get_close_matches(kind, every, 1) if index < LOOKED_UP and len(kind) < LONGEST else []
        yield Finding(
            "type-unknown",
            Severity.WARNING,
            f"{kind} is no resource type that is known here: it may be misspelled, or new.",
            kinds[kind],
            evidence=kind,
            hint=f"Is it {near[0]}?" if near else "",
        )


RULE = Rule(
    "type-unknown",
    "An unknown resource type",
    "warning",
    "CloudFormation refuses a type that it does not know. Types newer than the specification that Seed ships are "
    "unknown here as well.",
    "CloudFormation user guide: Resource type reference",
    find,
)
