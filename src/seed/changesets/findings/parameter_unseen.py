"""A NoEcho parameter is given again: nobody can tell whether its value changes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.parameters:
        if row.secret and row.evaluation == "Dynamic":
            name = row.path.rsplit("/", 1)[-1]
            yield Finding(
                "parameter-unseen",
                Severity.NOTICE,
                f"Whether the secret parameter {name} changes cannot be seen.",
                evidence=f"Parameters/{name}",
                hint="Ask who gives it; what is given last counts.",
            )


RULE = Rule(
    "parameter-unseen",
    "A secret parameter may change",
    "notice",
    "The value of a NoEcho parameter is masked by CloudFormation, so before and after cannot be compared.",
    "CloudFormation user guide: Parameters, NoEcho",
    find,
)
