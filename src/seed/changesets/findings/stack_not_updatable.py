"""A stack in a state from which it cannot be updated."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked

RULE = Rule(
    "stack-not-updatable",
    "A stack that cannot be updated",
    "danger",
    "A stack in ROLLBACK_COMPLETE, ROLLBACK_FAILED, CREATE_FAILED, DELETE_FAILED or UPDATE_ROLLBACK_FAILED takes no "
    "change set, so there is no review to tell it in: planning ends with this error, which names the state and the "
    "command that leads out of it. A stack that somebody else updates right now ends planning with "
    "`stack-being-updated`.",
    "CloudFormation user guide: Stack status codes; Troubleshooting",
    asked,
    fails=True,
)
