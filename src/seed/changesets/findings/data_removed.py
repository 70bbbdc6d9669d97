"""Something that holds data is removed."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.data import held_by
from seed.changesets.findings.lost import lost
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        if row.action == "Remove" and held_by(row):
            yield lost(row, RULE.id)


RULE = Rule(
    "data-removed",
    "Data is removed",
    "danger",
    "Deleting a resource deletes what is stored in it, unless the DeletionPolicy of the template that is deployed now "
    "keeps it.",
    "CloudFormation user guide: DeletionPolicy attribute",
    find,
)
