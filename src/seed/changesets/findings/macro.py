"""The template is changed by a macro before it is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import macros
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    if found := macros(review):
        yield Finding(
            "macro",
            Severity.NOTICE,
            f"The template is changed by {listed(found)} before it is deployed: what that makes is not shown.",
            evidence=", ".join(found),
            hint="CloudFormation shows what it made of it: aws cloudformation get-template --template-stage Processed.",
        )


RULE = Rule(
    "macro",
    "A macro cannot be seen into",
    "notice",
    "A macro runs in the account and may make anything of the template.",
    "CloudFormation user guide: Macros",
    find,
)
