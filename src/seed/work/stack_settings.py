"""What a service's configuration asks of its stack beside the template: a stack policy, rollback alarms, no rollback.

The alarms go with the change set; the policy is set after the stack is as it should be, because it may name what was
just made. What was not asked for stays as the stack has it, as with the framework's own deploy command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from seed.aws.port import Cloud, Stack
from seed.changesets import Finding, Severity
from seed.packages import Package

NO_ALARMS: dict[str, Any] = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


def findings(cloud: Cloud, package: Package, before: Stack | None) -> tuple[Finding, ...]:
    """What of it changes on a stack that is there."""
    wanted, found = package.settings, []
    if before is not None and not before.is_new:
        if wanted.stack_policy and (now := cloud.stack_policy(package.stack_name)) != wanted.stack_policy:
            found.append(_changed("stack-policy", "The stack's policy changes.", now, wanted.stack_policy))
        alarms = _alarms(wanted.rollback_configuration)
        if wanted.rollback_configuration and _alarms(before.rollback) != alarms:
            said = "The alarms that roll a deployment back change."
            found.append(_changed("rollback-alarms", said, before.rollback, wanted.rollback_configuration))
    if wanted.disable_rollback:
        found.append(
            Finding(
                "rollback-disabled",
                Severity.NOTICE,
                "A deployment that fails is not rolled back: the stack stays as it is then.",
                evidence="disableRollback: true",
                hint="Take disableRollback out of the configuration to have CloudFormation roll back.",
            )
        )
    return tuple(found)


def protect(cloud: Cloud, package: Package, say: Callable[[str], None]) -> None:
    """After the stack is as it should be. Twice is once."""
    if package.settings.stack_policy:
        say("Setting the stack's policy")
        cloud.set_stack_policy(package.stack_name, package.settings.stack_policy)


def say_what_is_left_out(package: Package, say: Callable[[str], None], *, local: bool) -> None:
    if local and package.settings.rollback_configuration:
        say("rollbackConfiguration is left out: the local AWS does not watch alarms while it deploys.")
    if local and package.settings.stack_policy:
        say("The local AWS keeps the stack's policy and does not enforce it.")


def _alarms(text: str) -> dict[str, Any]:
    found = {**NO_ALARMS, **(json.loads(text) if text else {})}
    triggers = sorted(found["RollbackTriggers"], key=lambda one: json.dumps(one, sort_keys=True))
    return {**found, "RollbackTriggers": triggers}


def _changed(rule: str, sentence: str, before: str, after: str) -> Finding:
    return Finding(rule, Severity.NOTICE, sentence, evidence=f"{before or 'none'} → {after}")
