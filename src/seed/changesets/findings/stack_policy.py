"""The stack gets another policy: which of its resources an update may touch."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity


def becomes(now: str, wanted: str) -> Finding:
    """Both as canonical JSON; '' where it has none."""
    return Finding(RULE.id, Severity.NOTICE, "The stack's policy changes.", evidence=f"{now or 'none'} → {wanted}")


RULE = Rule(
    "stack-policy",
    "The stack's policy changes",
    "notice",
    "A stack policy says which resources an update may change, replace or delete. What the configuration asks for "
    "(`stackPolicy`) is set once the stack is as it should be, also where no resource changes: then it is all that a "
    "confirmation does. What it does not ask for stays as the stack has it.",
    "CloudFormation user guide: Prevent updates to stack resources",
    asked,
)
