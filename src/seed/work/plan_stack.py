"""Plan one stack: upload what the package needs, have CloudFormation make the change set, explain it.

Used by builds (which execute at once) and by promotions (which wait for a person). The change set's name
is given, so planning twice is planning once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from seed.aws.errors import check_updatable
from seed.aws.port import ChangeSetAnswer, ChangeSetRequest, Cloud, Stack
from seed.changesets import (
    ChangeSet,
    Deployed,
    PropertyChange,
    Pseudo,
    compare,
    from_json,
    merge,
    parse_template,
    to_json,
)
from seed.changesets.nested import STACK
from seed.changesets.values import is_secret
from seed.db.base import now
from seed.errors import SeedError
from seed.packages import Package, PackageStore, adopt
from seed.promotions.records import Promotion, ServicePlan
from seed.variables.inject import sealed_mark
from seed.work import stack_settings
from seed.work.ask_account import ask, importers
from seed.work.disagreements import tell_disagreements
from seed.work.make_change_set import answered, create, not_looked_into
from seed.work.nested import NOTHING, Ground, look_inside

TRIES = 3
LAMBDA = "AWS::Lambda::Function"


class ChangeSetRefused(SeedError):
    """CloudFormation would not make the change set."""

    code = "change-set-refused"
    status = 409


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
    """change-set | update-stack | nothing."""
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
                if not plan.unchanged:
                    plan = _with_settings(cloud, plan, package, before)
                if not reviewed or plan.unchanged:
                    return plan
                if request.nested and not answer.with_nested:
                    said = not_looked_into(from_json(plan.changes), why, secrets)
                    plan = replace(plan, changes=to_json(said, contexts=True))
                return asked(cloud, plan, package, store, local=local, secrets=secrets, inside=answer.nested)
        except Exception:
            with suppress(Exception):  # no row will name what was made only to hold it
                discard(cloud, package.stack_name, name)
            raise
        cloud.delete_change_set(package.stack_name, name)
    raise BaselineMoves(
        f"The stack {package.stack_name} keeps changing while it is planned.",
        hint="Find out who else deploys it, then try again.",
        where=package.stack_name,
    )


def upload(cloud: Cloud, package: Package, store: PackageStore, say: Callable[[str], None]) -> None:
    """What is there already, by content, is not sent again."""
    if package.assets:
        cloud.assets_bucket()
    for asset in package.assets:
        if cloud.has_asset(asset.key):
            continue
        say(f"Uploading {asset.key} ({asset.size:,} bytes)")
        cloud.put_asset(asset.key, store.path(asset.sha256))


def baseline_of(cloud: Cloud, stack: Stack | None) -> dict[str, Any]:
    """What must not have moved when the change set is executed."""
    if stack is None or stack.is_new:
        return {"exists": False}
    template = cloud.template(stack.name) or ""
    return {
        "exists": True,
        "stack_id": stack.stack_id,
        "last_updated": stack.last_updated.isoformat() if stack.last_updated else "",
        "template": hashlib.sha256(template.encode()).hexdigest(),
        # Of what was given only a digest: a value may be nobody's to read.
        "parameters": hashlib.sha256(json.dumps(sorted(stack.parameters.items())).encode()).hexdigest(),
    }


def ground_moved(cloud: Cloud, promotion: Promotion) -> str:
    """Why what was reviewed can no longer run as it was reviewed; '' when it can. Raises what to do where the stack
    cannot be updated at all: planning again would not help.
    """
    return next(filter(None, (_moved(cloud, plan) for plan in promotion.plans)), "")


def _moved(cloud: Cloud, plan: ServicePlan) -> str:
    stack_name = plan.stack_name
    stack = cloud.stack(stack_name)
    if stack is not None and stack.busy:
        return f"{stack_name} is being updated by somebody else ({stack.status})."
    check_updatable(stack, stack_name)
    if baseline_of(cloud, stack) != (plan.baseline or {}):
        return f"{stack_name} was changed after the review was made."
    return _change_set_moved(cloud, plan) if plan.method == "change-set" else ""


def _change_set_moved(cloud: Cloud, plan: ServicePlan) -> str:
    stack_name = plan.stack_name
    answer = cloud.change_set(stack_name, plan.change_set_name)
    if answer is None:
        return f"The change set of {stack_name} is gone."
    if answer.arn != plan.change_set_arn:
        return f"The change set of {stack_name} is not the one that was reviewed: it was deleted and made again."
    if answer.execution_status != "AVAILABLE":
        return f"CloudFormation calls the change set of {stack_name} {answer.execution_status}."
    return ""


def discard(cloud: Cloud, stack_name: str, name: str) -> None:
    """Delete a change set nobody will run, and the empty stack that was made only to hold it."""
    cloud.delete_change_set(stack_name, name)
    stack = cloud.stack(stack_name)
    if stack is not None and stack.is_new:
        cloud.delete_stack(stack_name, f"{name}-discard")


def request_for(cloud: Cloud, package: Package, name: str, before: Stack | None) -> ChangeSetRequest:
    """The package as it is sent to this stack: ids that the stack generated before are kept."""
    new = before is None or before.is_new
    return ChangeSetRequest(
        stack_name=package.stack_name,
        name=name,
        kind="CREATE" if new else "UPDATE",
        template=package.template if new else adopt(package.template, _deployed_template(cloud, package)),
        parameters=given(package, before),
        previous=tuple(sorted(package.parameters.keys() - given(package, before).keys())),
        tags=package.tags,
        capabilities=package.capabilities,
        role_arn=package.settings.role_arn,
        notification_arns=package.settings.notification_arns,
        rollback=package.settings.rollback_configuration,
    )


def given(package: Package, before: Stack | None) -> dict[str, str]:
    """The parameters to send. A secret's parameter is named after its version: one that is there holds it already."""
    there = before.parameters if before is not None and not before.is_new else {}
    return {name: value for name, value in package.parameters.items() if not (name in there and sealed_mark(value))}


def compared(cloud: Cloud, package: Package, before: Stack | None, secrets: frozenset[str]) -> ChangeSet:
    """Our own answer: what is deployed against what was packaged."""
    pseudo = Pseudo(region=cloud.region, account=cloud.identity().account)
    common: dict[str, Any] = {"stack_name": package.stack_name, "pseudo": pseudo, "secrets": secrets}
    common |= {"capabilities": package.capabilities, "today": now().date()}
    if before is None or before.is_new:
        return compare(None, parse_template(package.template), after=package.parameters, **common)
    old = _deployed_template(cloud, package)
    new = parse_template(adopt(package.template, old))
    values: dict[str, Any] = {"before": before.parameters, "after": given(package, before)}
    deployed = _deployed(cloud, package, before)
    changes = compare(old, new, deployed=deployed, **values, **common)
    if changes.outputs and (used := importers(cloud, before.exports)):
        changes = compare(old, new, deployed=replace(deployed, exports=used), **values, **common)
    return replace(changes, tags=_tags(before.tags, package.tags, secrets))


def _deployed_template(cloud: Cloud, package: Package) -> dict[str, Any]:
    return parse_template(cloud.template(package.stack_name) or '{"Resources": {}}')


def _tags(before: Mapping[str, str], after: Mapping[str, str], secrets: frozenset[str]) -> tuple[PropertyChange, ...]:
    return tuple(
        _tag(name, before.get(name), after.get(name), secrets)
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _tag(name: str, before: str | None, after: str | None, secrets: frozenset[str]) -> PropertyChange:
    secret = is_secret([before, after], secrets)
    return PropertyChange(
        path=f"/Tags/{name}",
        attribute="Tags",
        before=None if secret else before,
        after=None if secret else after,
        has_before=before is not None,
        has_after=after is not None,
        secret=secret,
    )


def _deployed(cloud: Cloud, package: Package, stack: Stack) -> Deployed:
    resources = cloud.resources(stack.name)
    codes = {logical_id: asset.code_sha256 for asset in package.assets for logical_id in asset.used_by}
    equal = {
        r.logical_id
        for r in resources
        if r.resource_type == LAMBDA
        and r.logical_id in codes
        and cloud.code_sha256(r.physical_id) == codes[r.logical_id]
    }
    return Deployed(
        physical_ids={r.logical_id: r.physical_id for r in resources},
        outputs=dict(stack.outputs),
        code_equal=frozenset(equal),
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
        raise ChangeSetRefused(
            f"CloudFormation refused the change set: {answer.reason}",
            hint="Nothing was changed. Mend the template and build again.",
            where=request.stack_name,
        )
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
    """What else the configuration changes of the stack is part of the review."""
    found = stack_settings.findings(cloud, package, before)
    if not found:
        return plan
    changes = from_json(plan.changes)
    return replace(plan, changes=to_json(replace(changes, findings=(*changes.findings, *found)), contexts=True))


def asked(
    cloud: Cloud, plan: StackPlan, package: Package, store: PackageStore, *, local: bool, secrets: frozenset[str],
    inside: Mapping[str, ChangeSetAnswer] = NOTHING,
) -> StackPlan:  # fmt: skip
    """The same plan with what only the account knows: how much is held, and what is inside of nested stacks."""
    pseudo = Pseudo(region=cloud.region, account=cloud.identity().account)
    whole = look_inside(Ground(cloud, package, store, pseudo, secrets, local), from_json(plan.changes), inside)
    told = ask(cloud, whole, local=local, secrets=secrets)
    return replace(plan, changes=to_json(told, contexts=True))


def _version(stack: Stack | None) -> tuple[str, str]:
    if stack is None:
        return "", ""
    return stack.stack_id, str(stack.last_updated)
