"""What a service's configuration asks of its stack beside the template: a stack policy, rollback alarms, no rollback.

The alarms go with the change set; the policy is set after the stack is as it should be, because it may name what was
just made, and also where nothing else is to be done. What was not asked for stays as the stack has it, as with the
framework's own deploy command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.changesets import Finding
from seed.changesets.findings import rollback_alarms, rollback_disabled, stack_policy
from seed.packages import Package

SETTINGS = "settings"
"""The method of a plan whose stack stays as it is, while its policy is set."""
NO_ALARMS: dict[str, Any] = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


def findings(cloud: Cloud, package: Package, before: Stack | None) -> tuple[Finding, ...]:
    """What of it changes on a stack that is there."""
    wanted, found = package.settings, []
    if before is not None and not before.is_new:
        found += policy_change(cloud, package)
        alarms = _alarms(wanted.rollback_configuration)
        if wanted.rollback_configuration and _alarms(before.rollback) != alarms:
            found.append(rollback_alarms.become(before.rollback, wanted.rollback_configuration))
    if wanted.disable_rollback:
        found.append(rollback_disabled.not_rolled_back())
    return tuple(found)


def policy_change(cloud: Cloud, package: Package) -> list[Finding]:
    """The account is asked only where a policy is asked for."""
    wanted = package.settings.stack_policy
    now = cloud.stack_policy(package.stack_name) if wanted else ""
    return [stack_policy.becomes(now, wanted)] if now != wanted else []


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
