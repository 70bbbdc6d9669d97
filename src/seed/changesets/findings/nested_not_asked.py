"""CloudFormation did not look into nested stacks."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity


def not_looked_into(why: str) -> Finding:
    return Finding(
        RULE.id,
        Severity.NOTICE,
        "CloudFormation did not look into nested stacks: what is said of their inside comes from comparing templates.",
        evidence=why,
    )


RULE = Rule(
    "nested-not-asked",
    "CloudFormation did not look into nested stacks",
    "notice",
    "On real accounts the change set is made with those of its nested stacks, and what CloudFormation says of them "
    "counts. Where it refuses that (an output of one that another needs is not known yet, or the account does not "
    "allow it), what is said of their inside comes from comparing the templates.",
    "CloudFormation user guide: Change sets for nested stacks; API reference: CreateChangeSet, IncludeNestedStacks",
    asked,
)
