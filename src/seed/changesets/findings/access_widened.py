"""Somebody may do more than before."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.widening import widenings
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for one in widenings(review, "widened", "undenied"):
        if one.kind == "undenied":
            sentence = f"The {one.name} goes, and with it the denial of {one.what}."
        else:
            sentence = f"The {one.name} allows more: {one.what}."
        yield one.finding(RULE.id, Severity.WARNING, sentence, "Look at the evidence: is each of these needed?")


RULE = Rule(
    "access-widened",
    "Access is widened",
    "warning",
    "A new action, a wider resource, a new principal, a dropped condition or a dropped denial lets somebody do what "
    "nobody agreed to yet. What is not known before the deployment counts as wider.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
