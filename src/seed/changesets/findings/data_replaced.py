"""Something that holds data is replaced by an empty one."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.data import held_by
from seed.changesets.findings.lost import lost
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        moves = row.action == "Modify" and row.replacement != "False" and not row.routine
        if moves and held_by(row):
            yield lost(row, RULE.id)


RULE = Rule(
    "data-replaced",
    "Data is replaced",
    "danger",
    "A replacement makes an empty resource and deletes the old one with what is stored in it, unless its "
    "UpdateReplacePolicy keeps it: both that of the template that is deployed now and that of the one to come, since "
    "which of them counts is documented nowhere.",
    "CloudFormation user guide: UpdateReplacePolicy attribute, Update behaviors of stack resources",
    find,
)
