"""What text and markdown have in common: the words and the order of a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seed.changesets.access_table import Grant, access_table
from seed.changesets.called import called
from seed.changesets.families import Family, families
from seed.changesets.model import ChangeSet, CodeChange, PropertyChange, ResourceChange
from seed.changesets.reasons import Foldable, folds
from seed.changesets.values import printable, show
from seed.changesets.words import clipped, moment, word
from seed.counting import counted

LONGEST = 120
MOST_FILES = 20
KILO = 1024
SIGNS = {"Add": "+", "Remove": "-", "Modify": "~", "Import": ">", "Dynamic": "?"}
LATER = "(known after it is deployed)"
ANYONE = "whoever has it"


def title(row: ResourceChange) -> str:
    """`~ table OrdersTable: replaced, the old one is deleted`."""
    sign = "!" if row.replacement == "True" else SIGNS.get(row.action, "~")
    fate = fate_of(row)
    lag = f", {row.held_lag}" if row.held_lag else ""
    held = f" (held {row.held}, as of {moment(row.held_at)}{lag})" if row.held else ""
    name = f" ({short(called(row))})" if called(row) else ""
    return f"{sign} {word(row.resource_type)} {row.logical_id}{name}{f': {fate}' if fate else ''}{held}"


def fate_of(row: ResourceChange) -> str:
    old = {
        "Delete": "the old one is deleted",
        "Retain": "the old one is kept",
        "Snapshot": "a snapshot is kept",
    }
    after = old.get(row.policy_action.removeprefix("ReplaceAnd"), "")
    if row.action == "Remove":
        return {"Retain": "leaves the stack, is kept", "Snapshot": "removed, a snapshot is kept"}.get(
            row.policy_action, "removed"
        )
    if row.action == "Dynamic":
        return "may come or go"
    if row.action == "Import":
        return "taken into the stack as it is"
    if row.replacement == "True":
        return f"replaced{f', {after}' if after else ''}"
    return "may be replaced" if row.replacement == "Conditional" and not row.inferred else ""


def change(row: PropertyChange) -> str:
    """`MemorySize: 128 → 256`, or why it moves."""
    name = row.path.removeprefix("/Properties/").removeprefix("/")
    forced = {"Always": "  (replaces)", "Conditionally": "  (may replace)"}.get(row.recreation, "")
    why = f"  [{row.routine}]" if row.routine else ""
    if row.causing_entity and row.change_source in ("ResourceReference", "ResourceAttribute"):
        follows = f"follows {row.causing_entity}{forced if not row.routine else ''}"
        if row.after_known and not row.secret:
            return f"{name}: {short(row.before)} → {short(row.after)}  ({follows}){why}"
        return f"{name}: {follows}{why}"
    if row.change_source == "Automatic":
        return "what is inside may change"
    if words := unseen(row):
        return f"{name}: {words}{forced}{why}"
    before, after = (
        short(value) if there else "(not set)"
        for value, there in ((row.before, row.has_before), (row.after, row.has_after))
    )
    return f"{name}: {before} → {after}{forced}{why}"


def unseen(row: PropertyChange) -> str:
    """What stands in place of values that are not shown; '' where they are."""
    if row.secret:
        return (
            "a secret changes"
            if row.has_before and row.has_after
            else f"a secret {'is set' if row.has_after else 'goes'}"
        )
    if row.after is None and not row.after_known:
        before = f"{short(row.before)} → " if row.before is not None else ""
        return f"{before}{LATER}"
    nothing = row.before is None and row.after is None and row.has_before and row.has_after
    return "changes; CloudFormation gives no values" if nothing else ""


def short(value: object) -> str:
    text = printable(show(value).replace("\r", "").replace("\n", "⏎"))
    return clipped(text, LONGEST)


def changes(row: ResourceChange, *, grants: bool = True) -> Iterator[str]:
    """`grants`: with who may do what, where that changes."""
    if row.code:
        yield from code(row.code)
    if grants and (table := access_table(row)):
        yield "access:"
        yield from (f"  {grant(one)}" for one in table)
    yield from dict.fromkeys(change(one) for one in row.properties)
    if row.more:
        yield f"and {row.more:,} more"
    yield from inside(row)


def inside(row: ResourceChange) -> Iterator[str]:
    """What happens inside of a nested stack; of what is routine there, that it does and why."""
    if not row.nested:
        return
    for inner in row.nested.resources:
        yield f"inside: {title(inner)}{f': {inner.routine}' if inner.routine else ''}"
        yield from (f"  {line}" for line in (inside(inner) if inner.routine else changes(inner)))
    for heading, shown, routine in others(row.nested):
        yield from (f"inside: {heading}/{line}" for line in shown)
        yield from (f"inside: {line}" for line in routine)


def grant(one: Grant) -> str:
    """`+ whoever has it may sqs:* on ${Queue}  (wider)`."""
    under = f" if {one.condition}" if one.condition else ""
    wider = "  (wider)" if one.wider else ""
    who, what = one.who or ANYONE, ", ".join(action or "everything" for action in one.actions)
    on = f" on {short(one.on)}" if one.on else ""
    return f"{one.mark} {short(who)} {one.verb} {short(what)}{on}{short(under)}{wider}"


def code(row: CodeChange) -> Iterator[str]:
    """`code: 2 files, 3.1 KB → 3.4 KB` and the files beneath; `layers: ~ Shared (3 files)`."""
    if row.layers:
        yield f"layers: {short(', '.join(row.layers))}"
    if not row.old:
        return
    yield f"code: {counted(row.number, 'file')}, {sized(row.before)} → {sized(row.after)}"
    for one in row.files[:MOST_FILES]:
        sign = "+" if one.before is None else "-" if one.after is None else "~"
        sizes = " → ".join(sized(size) for size in (one.before, one.after) if size is not None)
        yield f"  {sign} {short(one.path)} ({sizes})"
    if row.number > MOST_FILES:
        yield f"  and {row.number - min(MOST_FILES, len(row.files))} more"


def sized(number: int) -> str:
    """`512 bytes`, `3.1 KB`, `40.2 MB`."""
    if number < KILO:
        return counted(number, "byte")
    return f"{number / KILO:,.1f} KB" if number < KILO**2 else f"{number / KILO**2:,.1f} MB"


def beneath(family: Family) -> Iterator[str]:
    """What belongs to the head, a line each."""
    for row in family.beneath:
        yield f"{title(row)}{f': {row.routine}' if row.routine else ''}"
        if not row.routine and row.action == "Modify":
            yield from (f"    {line}" for line in changes(row))


def folded(rows: Iterable[ResourceChange], change_set: ChangeSet) -> str:
    """`3 routine: versions, tags`; '' where nothing is folded. What is inside of a nested stack counts with it."""
    beside = (*change_set.outputs, *change_set.parameters, *change_set.tags)
    found: list[Foldable] = [*rows, *(one for one in beside if one.routine)]
    words = folds(found)
    return f"{len(found)} routine{f': {words}' if words else ''}" if found else ""


def others(change_set: ChangeSet) -> Iterator[tuple[str, list[str], list[str]]]:
    """(heading, what is to be read, what is routine) of what changes beside resources."""
    for heading, rows in (
        ("Outputs", change_set.outputs),
        ("Parameters", change_set.parameters),
        ("Tags", change_set.tags),
    ):
        real = [change(row).removeprefix(heading + "/") for row in rows if not row.routine]
        yield heading, real, [change(row) for row in rows if row.routine]


def parted(change_set: ChangeSet) -> tuple[list[Family], list[ResourceChange]]:
    """(to read, with what was generated beneath; routine that belongs to nothing that changes)."""
    found = families(change_set.resources)
    real = [family for family in found if not family.head.routine]
    return real, [row for family in found if family.head.routine for row in (family.head, *family.beneath)]
