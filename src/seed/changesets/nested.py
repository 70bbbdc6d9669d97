"""Compare nested stacks as their parent is, where their templates are at hand, and show them within it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.changesets.compare import compare
from seed.changesets.enrich import looked_into
from seed.changesets.evaluate import Later, Pseudo
from seed.changesets.model import ChangeSet, ResourceChange
from seed.changesets.stack_tags import NO_TAGS, Both, tags_inside
from seed.changesets.template import Template
from seed.changesets.values import WITHHELD, references, show

STACK = "AWS::CloudFormation::Stack"
DEEPEST = 4
PARAMETERS = "/Properties/Parameters"
NEW = " (new)"
"""Behind a reference that answers something else than it did."""


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
        before = parameters_of(row.before)
        given = before, frozenset[str]()
        if row.action != "Remove":
            given = given_to(row, before)
        child = compare(
            was.template if was else None,
            comes.template if comes else None,
            before=before,
            after=given[0],
            perhaps=given[1],
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
    return {name: _given(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _given(value: Any) -> str:
    text = as_parameter(value)
    return Later(text) if references(value) else text


def given_to(row: ResourceChange, before: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """What the parent will give, beside what it gives now, and of what of it nobody knows whether it is another.

    A reference is written as it was while what it answers moves: whoever is made of it in there moves too.
    """
    given = properties_of(row.after).get("Parameters")
    moved = _moved(row)
    found = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        found[name] = _given(value)
        if value == WITHHELD or references(value):
            if name not in moved:
                found[name] = before.get(name, found[name])
            elif found[name] == before.get(name):
                found[name] = Later(as_parameter(value, behind=NEW))
    return found, frozenset(name for name, certain in moved.items() if not certain and name in found)


def _moved(row: ResourceChange) -> dict[str, bool]:
    """Parameters that get something else, and whether that is certain."""
    moved: dict[str, bool] = {}
    for one in row.properties:
        name = one.path.removeprefix(f"{PARAMETERS}/").partition("/")[0]
        if one.path.startswith(f"{PARAMETERS}/") and not one.routine:
            moved[name] = moved.get(name, False) or one.evaluation == "Static"
    if "Parameters" not in properties_of(row.before):
        moved |= dict.fromkeys(properties_of(row.after).get("Parameters") or {}, True)
    return moved


def as_parameter(value: Any, behind: str = "") -> str:
    """`behind` each item that is a reference, or withheld."""
    items = value if isinstance(value, list) else [value]
    return ",".join(show(one) + (behind if one == WITHHELD or references(one) else "") for one in items)


def _address(side: Mapping[str, Any] | None) -> str:
    return show(properties_of(side).get("TemplateURL", ""))
