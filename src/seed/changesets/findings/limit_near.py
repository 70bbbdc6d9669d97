"""Nearly as much as CloudFormation takes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.sizes import sizes
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

NEAR = 0.9
"""From here on it is worth a word."""


def find(review: Review) -> Iterator[Finding]:
    if review.change_set.empty:
        return
    for what, number, most in sizes(review.new):
        if most * NEAR < number <= most:
            yield Finding(
                "limit-near",
                Severity.NOTICE,
                f"The template has {number:,} {what}; CloudFormation takes {most:,}.",
                evidence=f"{number:,} of {most:,} {what}",
                hint="Think of splitting the service before it is full.",
            )


RULE = Rule(
    "limit-near",
    "A limit of CloudFormation is near",
    "notice",
    "From nine tenths of a limit on, the next feature may be the one that cannot be deployed.",
    "CloudFormation user guide: Understand CloudFormation quotas",
    find,
)
