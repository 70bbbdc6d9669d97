"""The ground on which a plan was computed, and whether it moved since."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from seed.aws.errors import check_updatable
from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.promotions.records import Promotion, ServicePlan


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
