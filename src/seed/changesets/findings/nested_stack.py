"""A nested stack changes or goes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

STACK = "AWS::CloudFormation::Stack"


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        if row.resource_type == STACK and row.action == "Modify" and not row.routine:
            yield Finding(
                "nested-stack",
                Severity.WARNING,
                f"The nested stack {row.logical_id} changes, and what changes inside is not shown.",
                row.logical_id,
                evidence="; ".join(
                    change.path.removeprefix("/Properties/")
                    for change in row.properties
                    if change.change_source != "Automatic"
                ),
                hint="Compare its template on its own.",
            )
        elif row.resource_type == STACK and row.action == "Remove" and row.policy_action == "Delete":
            yield Finding(
                "nested-stack",
                Severity.DANGER,
                f"The nested stack {row.logical_id} is removed with everything in it.",
                row.logical_id,
                hint="Deploy DeletionPolicy: Retain first to keep it.",
            )


RULE = Rule(
    "nested-stack",
    "A nested stack cannot be seen into",
    "danger",
    "The comparison reads one template. Silence about what a nested stack does would look like safety. Where its "
    "template can be had its changes are shown, and what is found in them.",
    "CloudFormation user guide: Change sets for nested stacks",
    find,
)
