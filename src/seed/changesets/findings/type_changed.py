"""The same logical id with another type."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.before and pair.after and pair.old_type != pair.resource_type:
            yield Finding(
                "type-changed",
                Severity.DANGER,
                f"The deployment will fail: {pair.logical_id} is of the type {pair.old_type} "
                f"and would become {pair.resource_type}.",
                pair.logical_id,
                evidence=f"Type: {pair.old_type} → {pair.resource_type}",
                hint="Give the new resource another logical id.",
            )


RULE = Rule(
    "type-changed",
    "A logical id changes its type",
    "danger",
    "CloudFormation refuses it: “Update of resource type is not permitted”.",
    "CloudFormation user guide: Troubleshooting",
    find,
    fails=True,
)
