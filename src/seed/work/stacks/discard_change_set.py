"""Take away a change set that nobody will run."""

from __future__ import annotations

from seed.aws.errors import AccessDenied
from seed.aws.port import Cloud


def discard_change_set(cloud: Cloud, stack_name: str, name: str) -> None:
    """Delete a change set nobody will run, and the empty stack that was made only to hold it.

    A stack that holds another one stays, be it of another review or somebody else's: it would go with the stack, also
    one that is confirmed already. Where we may not ask, the stack stays too.
    """
    cloud.delete_change_set(stack_name, name)
    stack = cloud.stack(stack_name)
    if stack is not None and stack.is_new and _holds_none(cloud, stack_name, name):
        cloud.delete_stack(stack_name, f"{name}-discard")


def _holds_none(cloud: Cloud, stack_name: str, name: str) -> bool:
    try:
        return not set(cloud.change_sets(stack_name)) - {name}
    except AccessDenied:
        return False
