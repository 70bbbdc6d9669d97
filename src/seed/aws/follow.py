"""Follow an executed change set to its end: events as they come, the stack's own status as the truth."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from seed.aws.errors import NetworkLost, Throttled
from seed.aws.port import Cloud, Stack, StackEvent
from seed.errors import Cancelled

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE"})
NEAR_PAUSE = (0.02, 0.25)
FAR_PAUSE = (1.0, 5.0)
LOST_SECONDS = 600.0
BEGIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class StackEnd:
    """How it ended. `failed_resource` is the first that failed by itself."""

    status: str
    ok: bool
    outputs: Mapping[str, str] = field(default_factory=dict)
    failed_resource: str = ""
    failed_type: str = ""
    reason: str = ""


def follow(
    cloud: Cloud,
    stack_name: str,
    on_event: Callable[[StackEvent], None],
    *,
    cancelled: Callable[[], bool] = lambda: False,
    after: str = "",
    near: bool = False,
    on_look: Callable[[Stack], None] = lambda _stack: None,
) -> StackEnd:
    """`after` is the id of the last event before the execution ("" or "none": from the first).
    `on_look` sees the stack at each look while it works.
    """
    pause, slowest = NEAR_PAUSE if near else FAR_PAUSE
    seen: list[StackEvent] = []
    last = "" if after == "none" else after
    began = time.monotonic()
    lost_since: float | None = None
    while True:
        if cancelled():
            raise Cancelled("Seed is stopping; the stack goes on and is followed again later.")
        try:
            fresh = cloud.events(stack_name, after=last)
            stack = cloud.stack(stack_name)
            lost_since = None
        except (Throttled, NetworkLost) as error:
            lost_since = lost_since or time.monotonic()
            if time.monotonic() - lost_since > LOST_SECONDS:
                raise type(error)(
                    f"{error.sentence} The stack was last seen {round(LOST_SECONDS / 60)} minutes ago.",
                    hint="CloudFormation goes on by itself: look at the stack, then deploy again.",
                    where=stack_name,
                ) from error
            fresh, stack = [], None
            pause = slowest
        for event in fresh:
            on_event(event)
        seen += fresh
        last = fresh[-1].event_id if fresh else last
        if stack is not None and _ended(stack, seen, began):
            # What was written between the two looks. A look that fails must not spoil an end that is known.
            with contextlib.suppress(Throttled, NetworkLost):
                for event in cloud.events(stack_name, after=last):
                    on_event(event)
                    seen.append(event)
            return _end(stack, seen)
        if stack is not None:
            on_look(stack)
        time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311, jitter
        pause = slowest if lost_since else min(pause * 1.3, slowest)


def _ended(stack: Stack, seen: list[StackEvent], began: float) -> bool:
    """Not before it has begun: the first look may come before CloudFormation has written anything."""
    if stack.busy and stack.status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
        return False
    if stack.is_new:
        return False
    return bool(seen) or time.monotonic() - began > BEGIN_SECONDS


def _end(stack: Stack, seen: list[StackEvent]) -> StackEnd:
    if stack.status in GOOD:
        return StackEnd(stack.status, ok=True, outputs=stack.outputs)
    failed = next((e for e in seen if _is_cause(e)), None)
    if failed is None:
        return StackEnd(stack.status, ok=False, reason=stack.reason)
    own = failed.resource_type != "AWS::CloudFormation::Stack"
    return StackEnd(
        stack.status,
        ok=False,
        failed_resource=failed.logical_id if own else "",
        failed_type=failed.resource_type if own else "",
        reason=failed.reason,
    )


def _is_cause(event: StackEvent) -> bool:
    return event.status.endswith("_FAILED") and "cancelled" not in event.reason.lower()
