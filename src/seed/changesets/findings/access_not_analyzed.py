"""IAM Access Analyzer could not be asked."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity


def not_analyzed(why: str) -> Finding:
    return Finding(
        RULE.id,
        Severity.ROUTINE,
        "IAM Access Analyzer could not be asked: what is said of policies comes from comparing them.",
        evidence=why,
        hint="Allow access-analyzer:CheckNoNewAccess to have it confirmed.",
    )


RULE = Rule(
    "access-not-analyzed",
    "IAM Access Analyzer could not be asked",
    "routine",
    "Where the account does not allow the question, that is said, and what the comparison found stands alone.",
    "IAM Access Analyzer API reference: CheckNoNewAccess",
    asked,
)
