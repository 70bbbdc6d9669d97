"""Something that is addressed from outside is replaced: its address changes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.addressed import ADDRESSED, goes_with
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.review import Review
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    for row in rows.values():
        effect = ADDRESSED.get(row.resource_type)
        moves = not row.routine and row.action == "Modify" and row.replacement != "False"
        if effect and moves and not goes_with(row, rows):
            verb = "is replaced" if row.replacement == "True" else "may be replaced"
            yield Finding(
                "address-changes",
                Severity.WARNING,
                f"The {word(row.resource_type)} {row.logical_id} {verb}: {effect}.",
                row.logical_id,
                evidence=", ".join(_causes(row)),
                hint="Tell those who use it, or leave what forces the replacement as it was.",
            )


def _causes(row: ResourceChange) -> list[str]:
    found = (change.path.removeprefix("/Properties/") for change in row.properties if change.recreation != "Never")
    return list(dict.fromkeys(found))


RULE = Rule(
    "address-changes",
    "What others call is replaced",
    "warning",
    "A replaced resource gets a new id, and whoever knows the old one outside this stack is not told. An event source "
    "mapping made anew loses its place or reads again.",
    "CloudFormation user guide: Update behaviors of stack resources",
    find,
)
