"""Compare two templates and say what a deployment will do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from seed.changesets import routine
from seed.changesets.answers import answers_of
from seed.changesets.belongs import apart, generated, owners, routes
from seed.changesets.causes import moved_parameters, name_causes
from seed.changesets.deployed import Deployed
from seed.changesets.evaluate import MASKED, Pseudo, World, kept, resolved_in_both
from seed.changesets.expand import expanded
from seed.changesets.findings import find
from seed.changesets.judge import judged
from seed.changesets.known import mark_same
from seed.changesets.model import CONDITION, ChangeSet, ResourceChange
from seed.changesets.outputs import output_rows, parameter_rows
from seed.changesets.propagate import propagate, replacement
from seed.changesets.questions import Questions
from seed.changesets.resource import Pair, Side, own_rows, pairs, policy_of, replaced_by
from seed.changesets.review import Review
from seed.changesets.stack_tags import hand_on, tag_rows
from seed.changesets.template import InvalidTemplate, Template
from seed.changesets.values import Hidden, Secret, masked

NOTHING: Mapping[str, Any] = {}


class Sides(NamedTuple):
    """What is deployed and what is to come, each with its values. `old` None: a new stack."""

    old: World | None
    new: World
    before: Mapping[str, str]
    """The values of parameters as they were told, masked ones too."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison is told beside its two sides; `compare` says what each is."""

    stack_name: str
    deployed: Deployed
    hidden: Hidden
    capabilities: frozenset[str] | None
    today: date | None
    tags: tuple[Mapping[str, str], Mapping[str, str]]
    every_stack: bool
    gone: bool
    perhaps: Collection[str]


def compare(
    old: Template | None,
    new: Template | None,
    *,
    before: Mapping[str, str] = NOTHING,
    after: Mapping[str, str] = NOTHING,
    deployed: Deployed | None = None,
    stack_name: str = "",
    pseudo: Pseudo | None = None,
    secrets: Collection[str] = (),
    includes: Mapping[str, Template] = NOTHING,
    capabilities: Collection[str] | None = None,
    today: date | None = None,
    every_stack: bool = False,
    before_tags: Mapping[str, str] = NOTHING,
    after_tags: Mapping[str, str] = NOTHING,
    perhaps: Collection[str] = (),
) -> ChangeSet:
    """What a deployment of `new` over `old` does; `old` None: a new stack; `new` None: the stack is removed.

    `before` and `after` are parameter values. `secrets` are values that must not be shown wherever they stand.
    `includes` are the snippets of AWS::Include, by location. `every_stack`: nested stacks are listed as CloudFormation
    lists them, also where nothing changes at all.
    `capabilities` are those that the deployment is given, `today` is what ends of support are judged by.
    `before_tags` and `after_tags` are those of the stack itself. `perhaps`: parameters of which nobody knows whether
    their value is another, as it is given here.
    """
    before, after = resolved_in_both(before, after)
    terms = Terms(
        stack_name,
        deployed or Deployed(),
        Hidden(secret for secret in secrets if secret),
        None if capabilities is None else frozenset(capabilities),
        today,
        (before_tags, after_tags),
        every_stack=every_stack,
        gone=new is None,
        perhaps=perhaps,
    )
    ground = pseudo or Pseudo(stack_name=stack_name)
    try:
        return _compared(_sides(old, new or {}, before, after, ground, includes), terms)
    except RecursionError:
        raise InvalidTemplate(
            "The template's conditions or functions are nested too deeply.", hint="Look for one that uses itself."
        ) from None


def _sides(
    old: Template | None,
    new: Template,
    before: Mapping[str, str],
    after: Mapping[str, str],
    ground: Pseudo,
    includes: Mapping[str, Template],
) -> Sides:
    made = expanded(new, kept(new, before, after), ground, includes)
    new_world = World(made, after, ground, previous=before, origin=new)
    if old is None:
        return Sides(None, new_world, before)
    values = _unmasked(before, new_world)
    old_world = World(expanded(old, values, ground, includes), values, ground, origin=old)
    old_world.beside, new_world.beside = new_world.section("Mappings"), old_world.section("Mappings")
    old_world.questions = new_world.questions = Questions(old_world, new_world)
    return Sides(old_world, new_world, before)


def _compared(sides: Sides, terms: Terms) -> ChangeSet:
    old, new, deployed, hidden = sides.old, sides.new, terms.deployed, terms.hidden
    found = pairs(old, new)
    if old:
        moved = moved_parameters(old, new)
        for pair in found:
            pair.rows = own_rows(pair, old, new, hidden)
            name_causes(pair, old, new, moved, terms.perhaps)
        routine.mark_stacks(found, always=terms.every_stack)
        routine.mark_code(found, deployed.code_equal)
        routine.mark_order(found)
        hand_on(found, *terms.tags, hidden)
        propagate(found, hidden)
        mark_same(found, lambda: answers_of(old, deployed))
    rows = tuple(row for pair in found if (row := _row(pair, deployed, hidden)))
    rows = _placed(routine.fold(rows, found), found, generated(old, new))
    outputs = output_rows(old, new, rows, hidden)
    parameters = parameter_rows(old, new, sides.before, hidden) if old else ()
    if not rows and not outputs:  # a value that nothing uses is no change, one that we cannot see may be
        parameters = tuple(row for row in parameters if row.evaluation == "Dynamic")
    of_stack = tag_rows(*terms.tags, hidden) if old else ()
    made = ChangeSet(terms.stack_name, old is None, rows, (), outputs, parameters, of_stack)
    there = {pair.logical_id: pair for pair in found}
    review = Review(made, old, new, there, deployed.exports, terms.capabilities, terms.today, gone=terms.gone)
    told = judged(made, find(review), hidden)
    return replace(told, resources=apart(told.resources, told.findings))


def _placed(
    rows: tuple[ResourceChange, ...], found: list[Pair], sources: Mapping[str, str]
) -> tuple[ResourceChange, ...]:
    """Each row with what it belongs to, and with the name that only its surroundings tell."""
    above, called = {**sources, **owners(found)}, routes(found)
    return tuple(
        replace(row, belongs_to=above.get(row.logical_id, ""), name=called.get(row.logical_id, ""))
        if row.logical_id in above or row.logical_id in called
        else row
        for row in rows
    )


def _unmasked(before: Mapping[str, str], new: World) -> dict[str, str]:
    """DescribeStacks masks NoEcho values: take them as not changed, the row of the parameter says that nobody knows."""
    values = {}
    for name, value in before.items():
        ours = new.parameters.get(name)
        values[name] = ours.value if value == MASKED and isinstance(ours, Secret) else value
    return values


def _row(pair: Pair, deployed: Deployed, secrets: Collection[str]) -> ResourceChange | None:
    other_type = pair.old_type != pair.resource_type
    if pair.before and pair.after and not pair.rows and not other_type:
        return None
    physical_id = deployed.physical_ids.get(pair.logical_id, "")
    before, after = (_context(side, secrets) for side in (pair.before, pair.after))
    common: dict[str, Any] = {"logical_id": pair.logical_id, "resource_type": pair.resource_type}
    if pair.before is None:
        return ResourceChange(**common, action="Add", after=after)
    if pair.after is None:
        policy = policy_of(pair.before, pair.old_type, "DeletionPolicy")
        return ResourceChange(**common, action="Remove", physical_id=physical_id, policy_action=policy, before=before)
    replaced = "True" if other_type else replacement(pair.rows)
    policy = replaced_by(pair)
    scope = tuple(sorted({row.attribute for row in pair.rows}))
    return ResourceChange(
        **common,
        action="Dynamic" if scope == (CONDITION,) and not other_type else "Modify",
        replacement=replaced,
        physical_id=physical_id,
        scope=scope,
        policy_action="" if replaced == "False" else f"ReplaceAnd{policy}",
        properties=tuple(pair.rows),
        before=before,
        after=after,
    )


def _context(side: Side | None, secrets: Collection[str]) -> Mapping[str, Any] | None:
    return None if side is None else masked(side.body, secrets)
