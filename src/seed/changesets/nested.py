"""Compare nested stacks as their parent is, where their templates are at hand, and show them within it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.changesets.compare import compare
from seed.changesets.enrich import looked_into
from seed.changesets.evaluate import Pseudo
from seed.changesets.model import ChangeSet, ResourceChange
from seed.changesets.stack_tags import NO_TAGS, Both, tags_inside
from seed.changesets.template import Template
from seed.changesets.values import show

STACK = "AWS::CloudFormation::Stack"
DEEPEST = 4


@dataclass(frozen=True)
class Tree:
    """A template and those of its nested stacks, by their address as the template gives it."""

    template: Template
    children: Mapping[str, Tree] = field(default_factory=dict)


NOTHING = Tree({})


def inside(
    changes: ChangeSet,
    old: Tree | None,
    new: Tree,
    pseudo: Pseudo | None = None,
    secrets: Collection[str] = (),
    tags: Both = NO_TAGS,
    depth: int = 0,
) -> ChangeSet:
    """The change set with what happens inside of its nested stacks; one whose template is not there stays as it was.

    `tags` are those of the stack before and after; CloudFormation hands them on to each of its nested stacks.
    """
    found = {}
    for row in changes.resources:
        if depth >= DEEPEST or not may_differ(row, tags):
            continue
        was = old.children.get(_address(row.before)) if old and row.action != "Add" else None
        comes = None if row.action == "Remove" else new.children.get(_address(row.after))
        if (comes is None and row.action != "Remove") or (was is None and row.action != "Add"):
            continue
        handed = tags_inside(row.before, row.after, tags)
        child = compare(
            was.template if was else None,
            comes.template if comes else None,
            before=parameters_of(row.before),
            after=parameters_of(row.before if row.action == "Remove" else row.after),
            stack_name=row.logical_id,
            pseudo=pseudo,
            secrets=secrets,
            before_tags=handed[0],
            after_tags=handed[1],
        )
        found[row.logical_id] = inside(child, was, comes or NOTHING, pseudo, secrets, handed, depth + 1)
    return looked_into(changes, found) if found else changes


def may_differ(row: ResourceChange, tags: Both) -> bool:
    """A nested stack that is not touched itself gets the other tags of the stack around it all the same."""
    return row.resource_type == STACK and (not row.routine or tags[0] != tags[1])


def properties_of(side: Mapping[str, Any] | None) -> dict[str, Any]:
    found = (side or {}).get("Properties")
    return found if isinstance(found, dict) else {}


def parameters_of(side: Mapping[str, Any] | None) -> dict[str, str]:
    """What the parent gives; what it only knows later is shown as what it follows."""
    given = properties_of(side).get("Parameters")
    return {name: as_parameter(value) for name, value in given.items()} if isinstance(given, dict) else {}


def as_parameter(value: Any) -> str:
    return ",".join(show(item) for item in value) if isinstance(value, list) else show(value)


def _address(side: Mapping[str, Any] | None) -> str:
    return show(properties_of(side).get("TemplateURL", ""))
