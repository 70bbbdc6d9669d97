"""Take away a change set that nobody will run."""

from __future__ import annotations

from seed.aws.port import Cloud


def discard_change_set(cloud: Cloud, stack_name: str, name: str) -> None:
    """Delete a change set nobody will run, and the empty stack that was made only to hold it."""
    cloud.delete_change_set(stack_name, name)
    stack = cloud.stack(stack_name)
    if stack is not None and stack.is_new:
        cloud.delete_stack(stack_name, f"{name}-discard")
