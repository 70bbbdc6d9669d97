"""Delete one stack of a removal and what is nested in it: asked for up to three times, looked at until it is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from seed.aws.errors import Throttled
from seed.aws.port import Cloud
from seed.builds.retry import remove_again
from seed.changesets.words import listed
from seed.db.base import now
from seed.errors import Stopping
from seed.removals.records import RemovedStack
from seed.work.removing.whole_stack import buckets_that_go, parts

TRIES = 3
STARTED_SECONDS = 20.0


def delete_patiently(
    cloud: Cloud, row: RemovedStack, step: float, stopping: Event, *, empty_buckets: bool,
    tried: Callable[[list[dict[str, Any]]], None],
) -> str | None:  # fmt: skip
    """None once it is gone, else why not. Where AWS asks to slow down it is tried again, a little later each time."""
    tries = list(row.attempts or [])
    while True:
        try:
            failed = _delete(cloud, row, empty_buckets=empty_buckets)
            throttled = failed or ""
        except Throttled as error:
            failed, throttled = error.sentence, "Rate exceeded"
        again = remove_again(throttled, len(tries), step=step)
        if again is None:
            return failed
        said = {"number": len(tries) + 1, "reason": failed, "ended_at": now().isoformat()}
        tries.append({**said, "again_at": (now() + timedelta(seconds=again.seconds)).isoformat()})
        tried(list(tries))
        if stopping.wait(again.seconds):
            raise Stopping


def _delete(cloud: Cloud, row: RemovedStack, *, empty_buckets: bool) -> str | None:
    """None once CloudFormation does not know the stack any more; else why it still does."""
    for attempt in range(1, TRIES + 1):
        stack = cloud.stack(row.stack_name)
        if stack is None:
            return None
        if stack.termination_protection:
            return "The stack is protected from termination: switch that off in CloudFormation first."
        buckets = buckets_that_go(parts(cloud, row.stack_name))
        if empty_buckets:
            for name in buckets:
                cloud.empty_bucket(name)
        if stack.status != "DELETE_IN_PROGRESS":
            if not empty_buckets and (full := [name for name in buckets if cloud.holds_anything(name)]):
                return _full(full)
            cloud.delete_stack(row.stack_name, f"seed-removal-{row.id}-{attempt}")
        if _until_gone(cloud, row.stack_name, stack.status):
            return None
    stack = cloud.stack(row.stack_name)
    return (stack.reason or f"The stack is in {stack.status}.") if stack else None


def _full(buckets: list[str]) -> str:
    """Said before anything is deleted: CloudFormation would leave half a stack behind, the local AWS no object."""
    one, what = len(buckets) == 1, listed(buckets)
    return (
        f"The bucket{'' if one else 's'} {what} {'is' if one else 'are'} not empty, and only an empty bucket can be "
        "deleted. Remove it again with what is in the buckets, or empty them first."
    )


def _until_gone(cloud: Cloud, stack_name: str, before: str) -> bool:
    """False: CloudFormation gave up."""
    clock = cloud.pace.clock
    began = clock.now()
    with cloud.pace.following(calls=1) as beat:
        looks = 0
        while True:
            beat.wait(looks)
            looks += 1
            stack = cloud.stack(stack_name)
            if stack is None:
                return True
            over = stack.status == "DELETE_FAILED" or not stack.status.startswith("DELETE_")
            # A moment passes before a stack that failed before, or stood still, is seen to be deleted.
            if over and (stack.status != before or clock.now() - began > STARTED_SECONDS):
                return False
