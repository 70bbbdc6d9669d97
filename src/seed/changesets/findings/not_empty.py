"""A bucket or image repository that is not empty cannot be deleted."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.data import EMPTY, empty_first
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.review import Review
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        goes = row.action == "Remove" or row.replacement == "True"
        if goes and empty_first(row) and row.policy_action in ("Delete", "ReplaceAndDelete") and row.held != EMPTY:
            yield _finding(row)


def _finding(row: ResourceChange) -> Finding:
    old = "" if row.action == "Remove" else "old "
    name = f"the {old}{word(row.resource_type)} {row.logical_id}"
    if row.held:
        sentence = f"Deleting {name} will fail: it holds {row.held}. It stays in the account, outside the stack."
    else:
        sentence = f"Deleting {name} fails unless it is empty: then it stays in the account, outside the stack."
    return Finding(
        RULE.id,
        Severity.DANGER if row.held else Severity.WARNING,
        sentence,
        row.logical_id,
        evidence=row.physical_id,
        hint="Empty it before, or deploy DeletionPolicy: Retain first and delete it by hand.",
    )


RULE = Rule(
    "not-empty",
    "What is not empty cannot be deleted",
    "danger",
    "CloudFormation deletes a bucket, and an image repository without EmptyOnDelete, only while it is empty. An update "
    "ends well all the same and leaves it behind; the removal of a stack ends in DELETE_FAILED. The account is asked "
    "how much is in it.",
    "CloudFormation user guide: Troubleshooting, Delete stack fails; AWS::S3::Bucket; AWS::ECR::Repository",
    find,
)
