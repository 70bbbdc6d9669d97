"""Other alarms than before roll a deployment back."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity


def become(now: str, wanted: str) -> Finding:
    """Both as JSON; '' where there are none."""
    said = "The alarms that roll a deployment back change."
    return Finding(RULE.id, Severity.NOTICE, said, evidence=f"{now or 'none'} → {wanted}")


RULE = Rule(
    "rollback-alarms",
    "Other alarms roll a deployment back",
    "notice",
    "CloudFormation watches these alarms while it deploys, and for some minutes after, and rolls back when one goes "
    "off. They go with a deployment: where no resource changes there is none, and they count from the next one on.",
    "CloudFormation user guide: Roll back your CloudFormation stack on alarm breach",
    asked,
)
