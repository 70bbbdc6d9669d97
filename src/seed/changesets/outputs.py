"""What becomes of the outputs of a stack, and which of its parameters have other values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from seed.changesets.evaluate import MASKED, World
from seed.changesets.leaves import MISSING, Difference, differences, pointer
from seed.changesets.model import CONDITION, PropertyChange, ResourceChange
from seed.changesets.propagate import steady
from seed.changesets.reasons import NONE, Kind, Reason, marks
from seed.changesets.resource import difference_row
from seed.changesets.values import Secret, is_secret, masked, references, same

OUTPUTS, PARAMETERS = "Outputs", "Parameters"
FOLLOWS = Reason(Kind.OUTPUT, "follows routine changes")


class Fates(NamedTuple):
    """Logical ids by what happens to them: `moved` get another id, `calm` change in routine alone."""

    made: frozenset[str]
    moved: frozenset[str]
    calm: frozenset[str]
    updated: Mapping[str, ResourceChange]


def fates_of(rows: Collection[ResourceChange]) -> Fates:
    replaced = (r for r in rows if r.replacement == "True" or (r.replacement != "False" and not r.routine))
    return Fates(
        made=frozenset(row.logical_id for row in rows if row.action == "Add"),
        moved=frozenset(row.logical_id for row in replaced),
        calm=frozenset(row.logical_id for row in rows if row.routine),
        updated={row.logical_id: row for row in rows if row.action == "Modify" and not row.routine},
    )


def output_rows(
    old: World | None, new: World, rows: Collection[ResourceChange], secrets: Collection[str]
) -> tuple[PropertyChange, ...]:
    fates = fates_of(rows)
    olds, news = ({} if world is None else _evaluated(world) for world in (old, new))
    found: list[PropertyChange] = []
    for name in [*news, *(name for name in olds if name not in news)]:
        others = differences(olds.get(name, MISSING), news.get(name, MISSING), (name,))
        found += [_other(one, fates, secrets) for one in others]
        if old and name in olds and name in news:
            found += _asked(name, old, new, secrets)
            found += _following(name, news[name], fates, secrets) if same(olds[name], news[name]) else ()
    return tuple(found)


def _evaluated(world: World) -> dict[str, Any]:
    found = {}
    for name, output in world.section(OUTPUTS).items():
        if world.condition(output.get(CONDITION)) is not False:
            value = world.value({key: item for key, item in output.items() if key != CONDITION})
            found[name] = value if isinstance(value, dict) else {}  # a function in its place makes no output
    return found


def _other(one: Difference, fates: Fates, secrets: Collection[str]) -> PropertyChange:
    """The output says something else."""
    both = [side for side in (one.before, one.after) if side is not MISSING]
    sources = {source for side in both for _, source, _attribute in references(side)}
    quiet = len(both) == len(("before", "after")) and sources and sources <= fates.calm
    row = difference_row(one, (OUTPUTS,), OUTPUTS, secrets)
    return replace(row, after_known=not sources & (fates.made | fates.moved), **marks(FOLLOWS if quiet else NONE))


def _asked(name: str, old: World, new: World, secrets: Collection[str]) -> Iterator[PropertyChange]:
    """The condition by which it is there asks something else."""
    conditions = (world.section(OUTPUTS)[name].get(CONDITION) for world in (old, new))
    there = new.questions.presence(*conditions) if new.questions else None
    if there:
        one = there._replace(path=(name, CONDITION))
        yield difference_row(one, (OUTPUTS,), OUTPUTS, secrets, evaluation="Dynamic")


def _following(
    name: str, output: Mapping[str, Any], fates: Fates, secrets: Collection[str]
) -> Iterator[PropertyChange]:
    """It says the same, of something that gets another id or may answer otherwise: the first of those is told."""
    value = output.get("Value")
    asked = [(source, attribute) for _, source, attribute in references(value)]
    causes = [(source, "ResourceReference") for source, _ in asked if source in fates.moved]
    causes += [
        (f"{source}.{attribute}", "ResourceAttribute")
        for source, attribute in asked
        if attribute and source in fates.updated.keys() - fates.moved and _may_move(fates.updated[source], attribute)
    ]
    if causes:
        entity, source = causes[0]
        secret = is_secret(value, secrets)
        shown = None if secret else masked(value, secrets)
        yield PropertyChange(
            path=pointer(OUTPUTS, name, "Value"),
            attribute=OUTPUTS,
            before=shown,
            after=shown,
            after_known=False,
            evaluation="Dynamic",
            change_source=source,
            causing_entity=entity,
            secret=secret,
            **marks(FOLLOWS if entity.partition(".")[0] in fates.calm else NONE),
        )


def _may_move(row: ResourceChange, attribute: str) -> bool:
    return not steady(row.resource_type, attribute, row.properties)


def parameter_rows(
    old: World, new: World, before: Mapping[str, str], secrets: Collection[str]
) -> tuple[PropertyChange, ...]:
    """`before`: the values as they were told, masked ones too."""
    rows = []
    for name in [*new.parameters, *(name for name in old.parameters if name not in new.parameters)]:
        one = Difference((name,), *(world.parameters.get(name, MISSING) for world in (old, new)))
        if not same(one.before, one.after):
            rows.append(difference_row(one, (PARAMETERS,), PARAMETERS, secrets))
        if before.get(name) == MASKED and isinstance(one.after, Secret) and name in new.given:
            rows.append(PropertyChange(pointer(PARAMETERS, name), PARAMETERS, evaluation="Dynamic", secret=True))
    return tuple(rows)
