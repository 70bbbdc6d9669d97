"""Add to a change set what only the account knows: how much a resource holds, and what was found by asking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from seed.changesets.findings import find_in_rows
from seed.changesets.judge import judged
from seed.changesets.model import ChangeSet, Finding, PropertyChange, ResourceChange
from seed.changesets.reasons import NONE, Foldable, Kind, Reason, marks, reason_of
from seed.changesets.routine import folded


class Counted(NamedTuple):
    """`1,204,331 items`, and when that was so."""

    words: str
    at: str
    """ISO 8601, UTC."""
    lag: str = ""
    """`up to 6 h old`, where its service counts only now and then."""


def enriched(
    change_set: ChangeSet, held: Mapping[str, Counted], more: Iterable[Finding], secrets: Collection[str] = ()
) -> ChangeSet:
    """`held` by logical id. What is said about a row is said again, with its count."""
    if not held and not (more := list(more)):
        return change_set
    rows = tuple(
        replace(
            row,
            held=held[row.logical_id].words,
            held_at=held[row.logical_id].at,
            held_lag=held[row.logical_id].lag,
        )
        if row.logical_id in held
        else row
        for row in change_set.resources
    )
    whole = replace(change_set, resources=rows, findings=(*more, *change_set.findings))
    return judged(whole, find_in_rows(whole), secrets)


INSIDE = "nested-stack"
WITHIN = "Inside the nested stack "
DEEPER = " / "
"""Between the stacks on the way to what is found."""
TEMPLATE = "/Properties/TemplateURL"
SAME_INSIDE = Reason(Kind.INSIDE, "only what is routine changes inside, if anything")
REFERENCES = ("ResourceReference", "ResourceAttribute")


def _with_inside(row: ResourceChange, inside: ChangeSet) -> ResourceChange:
    """What changes inside is to be read, also where the stack itself is only touched; a template that lies elsewhere
    says nothing by itself.
    """
    moving: list[Foldable] = [*inside.resources, *inside.outputs]
    calm = all(one.routine for one in moving) and not inside.findings
    if not calm:
        return replace(row, nested=inside, **marks(NONE), inferred=False)
    moved = {one.path for one in row.properties if not one.routine}
    only_template = row.action == "Modify" and row.replacement == "False" and moved == {TEMPLATE}
    return replace(row, nested=inside, **marks(SAME_INSIDE if only_template else reason_of(row)))


def looked_into(change_set: ChangeSet, inside: Mapping[str, ChangeSet]) -> ChangeSet:
    """`inside` by logical id of the nested stack. What is found in it is found in the parent, and said so."""
    rows = tuple(
        _with_inside(row, inside[row.logical_id]) if row.logical_id in inside else row
        for row in calmed(change_set.resources, _compared(inside))
    )
    seen = {row.logical_id for row in rows if row.nested and row.action == "Modify"}
    own = [one for one in change_set.findings if not (one.rule == INSIDE and one.logical_id in seen)]
    found = [
        replace(one, logical_id=name, sentence=told_inside(name, one.sentence))
        for name, child in inside.items()
        for one in child.findings
    ]
    return judged(replace(change_set, resources=rows), [*found, *own])


def told_inside(name: str, sentence: str) -> str:
    """What is found in a nested stack, as the stack around it says it: `Inside the nested stack Outer / Inner: …`."""
    deeper = sentence.startswith(WITHIN)
    return f"{WITHIN}{name}{DEEPER}{sentence.removeprefix(WITHIN)}" if deeper else f"{WITHIN}{name}: {sentence}"


def _compared(inside: Mapping[str, ChangeSet]) -> dict[str, ChangeSet]:
    """Those of which our comparison knows: CloudFormation alone does not say which outputs move."""
    return {
        name: child
        for name, child in inside.items()
        if not child.resources or any(row.source != "aws" for row in child.resources)
    }


def calmed(rows: Iterable[ResourceChange], inside: Mapping[str, ChangeSet]) -> tuple[ResourceChange, ...]:
    """Who reads an output of a nested stack that was looked into, and does not move, most probably does not change;
    nor does who only follows from that.
    """
    left = tuple(rows)
    moving = {name: {one.path.split("/")[2] for one in child.outputs} for name, child in inside.items()}
    while True:
        still = {row.logical_id for row in left if row.action == "Modify" and row.routine}
        again = tuple(_calmed(row, moving, still) for row in left)
        if again == left:
            return left
        left = again


def _calmed(row: ResourceChange, moving: Mapping[str, Collection[str]], still: Collection[str]) -> ResourceChange:
    properties = tuple(replace(one, **marks(_calm(one, moving, still))) for one in row.properties)
    return row if properties == row.properties else folded(replace(row, properties=properties))


def _calm(one: PropertyChange, moving: Mapping[str, Collection[str]], still: Collection[str]) -> Reason:
    source, _, attribute = one.causing_entity.partition(".")
    output = attribute.removeprefix("Outputs.")
    if one.evaluation == "Static" or one.routine or one.change_source not in REFERENCES:
        return reason_of(one)
    if source in moving and output != attribute and output not in moving[source]:
        return Reason(Kind.STAYS, f"the output {output} of {source} stays what it is")
    return Reason(Kind.STAYS, f"{source} most probably does not change") if source in still else NONE
