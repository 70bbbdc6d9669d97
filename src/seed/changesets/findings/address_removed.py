"""Something that is addressed from outside is removed."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.addressed import ADDRESSED, STOPS, goes_with
from seed.changesets.findings.places import at
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import show
from seed.changesets.words import listed, word


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
    yield from _names(review)


def _names(review: Review) -> Iterator[Finding]:
    """A distribution that stays answers by fewer names."""
    for pair in review.pairs.values():
        if pair.resource_type == CDN and pair.before and pair.after and pair.before is not pair.after:
            was, now = (at(side, "DistributionConfig/Aliases") or [] for side in pair.properties)
            gone = [show(one) for one in was if one not in now] if isinstance(was, list) else []
            if gone:
                yield Finding(
                    "address-removed",
                    Severity.WARNING,
                    f"The distribution {pair.logical_id} no longer answers for {listed(gone)}.",
                    pair.logical_id,
                    evidence=f"DistributionConfig/Aliases: {', '.join(gone)}",
                    hint="Make sure that nobody outside this stack uses it.",
                )


CDN = "AWS::CloudFront::Distribution"

RULE = Rule(
    "address-removed",
    "What others call is removed",
    "warning",
    "Whoever calls it from outside this stack is not told that it goes.",
    "CloudFormation user guide: Update behaviors of stack resources",
    find,
)
