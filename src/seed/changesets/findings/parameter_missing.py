"""A parameter without a value."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for name, value in review.new.parameters.items():
        if value == {"Ref": name}:
            yield Finding(
                "parameter-missing",
                Severity.WARNING,
                f"The parameter {name} has no value and no default: the deployment fails without one.",
                evidence=f"Parameters/{name}",
                hint="Give it a value.",
            )


RULE = Rule(
    "parameter-missing",
    "A parameter has no value",
    "warning",
    "CloudFormation refuses a change set that leaves a parameter without a value. It is a warning, because a "
    "comparison may have been made without the values.",
    "CloudFormation user guide: Parameters",
    find,
)
