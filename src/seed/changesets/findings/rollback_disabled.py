"""A deployment that fails is left as it is then."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity


def not_rolled_back() -> Finding:
    return Finding(
        RULE.id,
        Severity.NOTICE,
        "A deployment that fails is not rolled back: the stack stays as it is then.",
        evidence="disableRollback: true",
        hint="Take disableRollback out of the configuration to have CloudFormation roll back.",
    )


RULE = Rule(
    "rollback-disabled",
    "A failure is not rolled back",
    "notice",
    "With `disableRollback` a failed update stays half done, so that its cause can be looked at. Somebody must roll it "
    "back, or deploy again, before the stack works as before.",
    "CloudFormation user guide: Choose how to handle failures when provisioning resources",
    asked,
)
