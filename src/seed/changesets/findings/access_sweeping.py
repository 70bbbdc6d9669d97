"""Somebody may do all of a service, or everything."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.widening import widenings
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for one in widenings(review, "sweeping"):
        what = "every right" if one.what == "*" else one.what
        on = "everything" if one.told[0].resource in ("", "*") else one.told[0].resource
        sentence = f"The {one.name} gives {what} on {on}."
        yield one.finding(RULE.id, Severity.DANGER, sentence, "Name the actions and the resources that are needed.")


RULE = Rule(
    "access-sweeping",
    "Access to everything",
    "danger",
    "All actions of a service on every resource, an administrator's policy, or a right by which somebody can make "
    "himself an administrator (iam:PassRole on *) gives far more than any function needs.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
