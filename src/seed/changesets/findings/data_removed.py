"""Something that holds data is removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seed.changesets.findings.data import held_by
from seed.changesets.findings.lost import lost
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange
from seed.changesets.resource import Side, policy_of
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        if held_by(row) and (row.action == "Remove" or row.may_go):
            yield lost(row if row.action == "Remove" else _gone(row), RULE.id)


def _gone(row: ResourceChange) -> ResourceChange:
    """As it would go, where nobody can decide the condition by which it stays."""
    written = Side({}, dict(row.before or {}))
    return replace(row, action="Dynamic", policy_action=policy_of(written, row.resource_type, "DeletionPolicy"))


RULE = Rule(
    "data-removed",
    "Data is removed",
    "danger",
    "Deleting a resource deletes what is stored in it, unless the DeletionPolicy of the template that is deployed now "
    "keeps it.",
    "CloudFormation user guide: DeletionPolicy attribute",
    find,
)
