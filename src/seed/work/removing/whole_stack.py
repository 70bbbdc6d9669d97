"""A stack with the stacks nested in it: what goes with it, and what stays by its templates' policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from seed.aws.port import Cloud
from seed.aws.values import Stack, StackResource
from seed.changesets.nested import STACK
from seed.removals.leftovers import kept_by_policy

BUCKET = "AWS::S3::Bucket"
GONE = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})
"""From the stack; what was skipped is still in the account."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stack of it."""

    path: str
    """The nested stacks on the way to it, by their logical ids: `Storage/Files/`; "" is the stack itself."""
    stack: Stack
    template: str
    resources: tuple[StackResource, ...]
    kept: tuple[dict[str, Any], ...]
    """What stays when the rest goes; a nested stack among it stays whole."""


def parts(cloud: Cloud, stack_name: str, path: str = "") -> Iterator[Part]:
    """The stack, then what is nested in it and goes with it."""
    stack, text = cloud.stack(stack_name), cloud.template(stack_name)
    if stack is None or not text:
        return
    resources = [one for one in cloud.resources(stack_name) if one.status not in GONE]
    physical = {one.logical_id: one.physical_id for one in resources}
    kept = kept_by_policy(text, physical, stack.parameters)
    yield Part(path, stack, text, tuple(resources), tuple({**one, "id": f"{path}{one['id']}"} for one in kept))
    stay = {one["id"] for one in kept}
    for one in resources:
        if one.resource_type == STACK and one.physical_id and one.logical_id not in stay:
            yield from parts(cloud, one.physical_id, f"{path}{one.logical_id}/")


def what_stays(whole: Iterable[Part]) -> list[dict[str, Any]]:
    """By a policy, as a removal lists it."""
    return [one for part in whole for one in part.kept]


def what_is_left(whole: Iterable[Part]) -> list[dict[str, Any]]:
    """Of a deletion that came to no end."""
    return [
        {"id": f"{part.path}{one.logical_id}", "type": one.resource_type, "physical_id": one.physical_id,
         "because": one.status}
        for part in whole
        for one in part.resources
    ]  # fmt: skip


def buckets_that_go(whole: Iterable[Part]) -> list[str]:
    """Their names. One that a policy keeps is none of them: what is in it is kept, too."""
    return [
        one.physical_id
        for part in whole
        for one in part.resources
        if one.resource_type == BUCKET and one.physical_id
        and f"{part.path}{one.logical_id}" not in {kept["id"] for kept in part.kept}
    ]  # fmt: skip
