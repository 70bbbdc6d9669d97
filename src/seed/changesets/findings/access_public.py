"""Everybody may do something."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.widening import widenings
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    for one in widenings(review, "public"):
        sentence = f"Everybody may do {one.what} by the {one.name}."
        if one.unfenced:
            sentence = f"The policy of the {one.name} no longer holds callers back: everybody reaches it."
        yield one.finding(RULE.id, Severity.DANGER, sentence, UNFENCED if one.unfenced else OPENED)


OPENED = (
    "Name the principals, or add a condition that keeps strangers out, such as aws:SourceArn, or a token's subject."
)
UNFENCED = "Leave the policy as it was, or make sure that every method checks who calls."


RULE = Rule(
    "access-public",
    "Access for everybody",
    "danger",
    "A policy for the principal * or for all but some lets anybody with an AWS account, and often anybody at all, do "
    "it. A condition keeps strangers out only when it names who or from where: aws:SourceArn, aws:SourceAccount, "
    "aws:PrincipalOrgID, aws:SourceVpce, aws:SourceIp and the like. aws:SecureTransport does not. A role that trusts a "
    "provider of tokens where everybody can have an account (GitHub, GitLab, an identity pool) is open too, unless it "
    "names a subject or a pool.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
