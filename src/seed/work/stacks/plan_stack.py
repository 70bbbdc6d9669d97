"""Plan one stack: upload what the package needs, have CloudFormation make the change set, explain it.

Used by builds (which execute at once) and by promotions (which wait for a person). The change set's name
is given, so planning twice is planning once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from seed.aws.errors import check_updatable
from seed.aws.port import Cloud
from seed.aws.values import ChangeSetAnswer, ChangeSetRequest, Stack
from seed.changesets import ChangeSet, from_json, merge, to_json
from seed.changesets.nested import STACK
from seed.errors import SeedError
from seed.packages import Package, PackageStore
from seed.work.stacks import stack_settings
from seed.work.stacks.ask_account import ask
from seed.work.stacks.baseline import baseline_of
from seed.work.stacks.change_set_request import request_for
from seed.work.stacks.compared import compared
from seed.work.stacks.disagreements import tell_disagreements
from seed.work.stacks.discard_change_set import discard_change_set
from seed.work.stacks.make_change_set import answered, create, not_looked_into
from seed.work.stacks.nested import NOTHING, Ground, ground_of, look_inside
from seed.work.stacks.stack_settings import SETTINGS
from seed.work.stacks.upload import upload
from seed.work.stacks.validated import refusal, warnings

TRIES = 3


class BaselineMoves(SeedError):
    """The stack is changed by somebody while we plan."""

    code = "baseline-moves"
    status = 409


@dataclass(frozen=True, slots=True)
class StackPlan:
    """What will be done to a stack, and on what ground that was computed."""

    stack_name: str
    stack_id: str
    change_set_name: str
    change_set_arn: str
    method: str
    """change-set | update-stack | settings, where only the stack's policy is set | nothing."""
    baseline: dict[str, Any]
    changes: dict[str, Any]

    @property
    def unchanged(self) -> bool:
        return self.method == "nothing"


def plan_stack(
    cloud: Cloud, package: Package, store: PackageStore, name: str, *, local: bool,
    say: Callable[[str], None] = lambda _text: None, secrets: frozenset[str] = frozenset(), reviewed: bool = False,
) -> StackPlan:  # fmt: skip
    """`secrets` are shown nowhere. What a person will read is `reviewed`: then the account is asked for more."""
    upload(cloud, package, store, say)
    stack_settings.say_what_is_left_out(package, say, local=local)
    for _ in range(TRIES):
        before = cloud.stack(package.stack_name)
        check_updatable(before, package.stack_name)
        ours = compared(cloud, package, before, secrets)
        request = request_for(cloud, package, name, before)
        request = replace(request, nested=reviewed and not local and STACK in request.template)
        refused = create(cloud, request)
        try:
            answer, why = answered(cloud, request, refused)
            after = cloud.stack(package.stack_name)
            if before is None or before.is_new or _version(before) == _version(after):
                plan = _settle(cloud, request, answer, ours, after, local=local, secrets=secrets)
                plan = _with_settings(cloud, plan, package, before)
                if not reviewed or plan.unchanged:
                    return plan
                if request.nested and not answer.with_nested:
                    said = not_looked_into(from_json(plan.changes), why, secrets)
                    plan = replace(plan, changes=to_json(said, contexts=True))
                ground = ground_of(cloud, package, store, before, local=local, secrets=secrets)
                return asked(ground, plan, answer)
        except Exception:
            with suppress(Exception):  # no row will name what was made only to hold it
                discard_change_set(cloud, package.stack_name, name)
            raise
        cloud.delete_change_set(package.stack_name, name)
    raise BaselineMoves(
        f"The stack {package.stack_name} keeps changing while it is planned.",
        hint="Find out who else deploys it, then try again.",
        where=package.stack_name,
    )


def _settle(
    cloud: Cloud, request: ChangeSetRequest, answer: ChangeSetAnswer, ours: ChangeSet, stack: Stack | None,
    *, local: bool, secrets: frozenset[str],
) -> StackPlan:  # fmt: skip
    """Bring AWS's answer and ours together, and decide how it will be carried out."""
    method = "change-set"
    merged = ours
    if answer.empty:
        cloud.delete_change_set(request.stack_name, request.name)
        # The local AWS says so too where only a condition or an output changes: there our word counts.
        method = "update-stack" if local and not ours.empty else "nothing"
    elif answer.status == "FAILED":
        raise refusal(cloud, request.stack_name, answer, secrets)
    else:
        merged = merge(ours, answer.changes, answer.valued_changes, prefer="seed" if local else "aws", secrets=secrets)
        tell_disagreements(merged)
        if local and ours.empty and request.kind == "UPDATE":
            cloud.delete_change_set(request.stack_name, request.name)
            method = "nothing"
    return StackPlan(
        stack_name=request.stack_name,
        stack_id=answer.stack_id or (stack.stack_id if stack else ""),
        change_set_name=request.name,
        change_set_arn=answer.arn if method == "change-set" else "",
        method=method,
        baseline=baseline_of(cloud, stack),
        changes=to_json(merged, contexts=True),
    )


def _with_settings(cloud: Cloud, plan: StackPlan, package: Package, before: Stack | None) -> StackPlan:
    """What else the configuration changes of the stack is part of the review; where nothing is deployed, its policy."""
    found = (
        stack_settings.policy_change(cloud, package)
        if plan.unchanged
        else stack_settings.findings(cloud, package, before)
    )
    if not found:
        return plan
    changes = from_json(plan.changes)
    told = to_json(replace(changes, findings=(*changes.findings, *found)), contexts=True)
    return replace(plan, method=SETTINGS if plan.unchanged else plan.method, changes=told)


def asked(ground: Ground, plan: StackPlan, answer: ChangeSetAnswer | None = None) -> StackPlan:
    """The same plan with what only the account knows: how much is held, what is inside of nested stacks, and of what
    CloudFormation warns where its change set is what will be executed.
    """
    whole = look_inside(ground, from_json(plan.changes), answer.nested if answer else NOTHING)
    found = warnings(ground.cloud, answer, ground.secrets) if answer and plan.change_set_arn else []
    stack = "" if whole.new_stack else plan.stack_name
    told = ask(ground.cloud, whole, local=ground.local, secrets=ground.secrets, more=found, stack=stack)
    return replace(plan, changes=to_json(told, contexts=True))


def _version(stack: Stack | None) -> tuple[str, str]:
    if stack is None:
        return "", ""
    return stack.stack_id, str(stack.last_updated)
