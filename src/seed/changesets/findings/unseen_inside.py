"""What cannot be seen from here: nested stacks, macros, types nobody told us of."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.expand import LANGUAGE, SAM
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed

STACK = "AWS::CloudFormation::Stack"
PRIVATE = ("Custom::", "AWS::CloudFormation::CustomResource")


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        if row.resource_type == STACK and row.action == "Modify" and not row.routine:
            yield Finding(
                "nested-stack",
                Severity.WARNING,
                f"The nested stack {row.logical_id} changes, and what changes inside is not shown.",
                row.logical_id,
                evidence="; ".join(change.path.removeprefix("/Properties/") for change in row.properties),
                hint="Compare its template on its own.",
            )
        elif row.resource_type == STACK and row.action == "Remove" and row.policy_action == "Delete":
            yield Finding(
                "nested-stack",
                Severity.DANGER,
                f"The nested stack {row.logical_id} is removed with everything in it.",
                row.logical_id,
            )
    macros = [name for name in review.new.unseen if name not in (LANGUAGE, SAM)]
    if macros:
        yield Finding(
            "macro",
            Severity.NOTICE,
            f"The template is changed by {listed(macros)} before it is deployed: what that makes is not shown.",
            evidence=", ".join(macros),
        )
    yield from _unknown(review)


def _unknown(review: Review) -> Iterator[Finding]:
    kinds = {
        row.resource_type
        for row in review.change_set.resources
        if row.action != "Remove" and row.resource_type.startswith("AWS::") and not rules.known(row.resource_type)
    }
    for kind in sorted(kinds):
        if not kind.startswith(("AWS::Serverless::", *PRIVATE)):
            yield Finding(
                "type-unknown",
                Severity.WARNING,
                f"{kind} is no resource type that is known here: it may be misspelled, or new.",
                evidence=kind,
            )


RULE = Rule(
    "nested-stack, macro, type-unknown",
    "Something cannot be seen into",
    "warning",
    "The comparison reads one template. What a nested stack, a macro or an unknown type does is not in it, and silence "
    "about it would look like safety.",
    "CloudFormation user guide: Change sets for nested stacks; Macros; Resource type reference",
    find,
)
