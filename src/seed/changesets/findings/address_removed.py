"""Something that is addressed from outside is removed, or answers no more to all that it did."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.addressed import ADDRESSED, STOPS, goes_with
from seed.changesets.findings.fewer import fewer
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    for row in rows.values():
        goes = row.action == "Remove" and row.policy_action == "Delete" and not row.routine
        if goes and row.resource_type in ADDRESSED and not goes_with(row, rows):
            effect = STOPS.get(row.resource_type, "who still uses it fails")
            yield Finding(
                "address-removed",
                Severity.WARNING,
                f"The {word(row.resource_type)} {row.logical_id} is removed: {effect}.",
                row.logical_id,
                evidence=row.physical_id,
                hint="Make sure that nobody outside this stack uses it.",
            )
    for pair in review.pairs.values():
        stays = pair.before and pair.after and pair.before is not pair.after
        for what, evidence in fewer(pair) if stays else ():
            yield Finding(
                "address-removed",
                Severity.WARNING,
                f"The {word(pair.resource_type)} {pair.logical_id} {what}.",
                pair.logical_id,
                evidence,
                hint="Make sure that nobody outside this stack uses it.",
            )


RULE = Rule(
    "address-removed",
    "What others call is removed",
    "warning",
    "Whoever calls it from outside this stack, or hears from it, is not told that it goes. So it is with what stays "
    "and does less: names and websites that it answers, a stream, whom a bucket tells of its objects.",
    "CloudFormation user guide: Update behaviors of stack resources",
    find,
)
