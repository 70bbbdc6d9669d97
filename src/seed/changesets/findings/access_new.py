"""A new policy or role of a stack that is there."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.widening import widenings
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.counting import counted


def find(review: Review) -> Iterator[Finding]:
    for one in widenings(review, "new"):
        number = counted(len(one.more), "permission")
        sentence = f"The new {one.name} gives {number}: {one.what}."
        yield one.finding(RULE.id, Severity.NOTICE, sentence, "Look at the evidence: is each of these needed?")


RULE = Rule(
    "access-new",
    "New access",
    "notice",
    "A role or policy that comes with a change is new access that somebody should have read once.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
