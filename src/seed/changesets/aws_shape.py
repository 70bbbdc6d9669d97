"""The change set in the shape of CloudFormation's DescribeChangeSet, to be compared with AWS's own answer.

Rules: the plain view names top-level properties; the view with property values names every path and leaves
out rows that are only Dynamic attributes of something updated in place. Scalars in contexts are strings.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from seed.changesets import rules
from seed.changesets.answers import Answers
from seed.changesets.aws_read import UNKNOWN
from seed.changesets.causes import BETWEEN, PARAMETER
from seed.changesets.known import Known
from seed.changesets.leaves import at
from seed.changesets.model import CONDITION, ChangeSet, PropertyChange, ResourceChange
from seed.changesets.propagate import replacement
from seed.changesets.values import WITHHELD, unescape

NOTHING: Answers = {}
REFERENCES = ("ResourceReference", "ResourceAttribute")


def as_aws(
    change_set: ChangeSet, *, property_values: bool = True, before: Answers = NOTHING, after: Answers = NOTHING
) -> dict[str, Any]:
    """`before` and `after` are what references answer on the stack now, and by the new template (`answers`)."""
    ids = {(row.logical_id, ""): row.physical_id for row in change_set.resources if row.physical_id}
    now = {**before, **ids}
    told = as_told(change_set.resources)
    rows = _told_with_values(told) if property_values else told
    moving = {row.logical_id for row in rows if row.action == "Add" or row.replacement != "False"}
    changed = {(row.logical_id, top) for row in rows for one in row.properties if (top := _top(one))}
    stays = {
        key: value
        for key, value in now.items()
        if key[0] not in moving and key not in changed and after.get(key, value) == value
    }
    known = Known(now, stays)
    ordered = sorted(rows, key=lambda row: row.logical_id)
    changes = [_change(row, known, values=property_values) for row in ordered]
    return {"Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes]}


def as_told(rows: Sequence[ResourceChange]) -> list[ResourceChange]:
    """Where CloudFormation leaves a replacement to the handler of a type it is Conditional, with all that follows."""
    there = {row.logical_id: _changed(row, partial(_by_handler, row.resource_type)) for row in rows}
    waiting = deque(there.values())
    readers = _readers(rows, "Static")
    while waiting:
        source = waiting.popleft()
        if source.replacement == "Conditional":
            for name in readers.get(source.logical_id, ()):
                reader = _changed(there[name], partial(_by_source, source=source))
                if reader is not there[name]:
                    there[name] = reader
                    waiting.append(reader)
    return list(there.values())


def _readers(rows: Iterable[ResourceChange], evaluation: str) -> Mapping[str, set[str]]:
    """Who follows whom: certainly (Static), or perhaps (Dynamic)."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for one in row.properties:
            if one.evaluation == evaluation and one.change_source in REFERENCES:
                found[one.causing_entity.partition(".")[0]].add(row.logical_id)
    return found


def _by_handler(resource_type: str, one: PropertyChange) -> PropertyChange:
    if one.recreation != "Always":
        return one
    return replace(one, recreation=rules.told(resource_type, tuple(one.path.split("/")[2:])))


def _by_source(one: PropertyChange, *, source: ResourceChange) -> PropertyChange:
    follows = one.change_source in REFERENCES and one.causing_entity.partition(".")[0] == source.logical_id
    return replace(one, evaluation="Dynamic") if follows and one.evaluation == "Static" else one


def _changed(row: ResourceChange, change: Callable[[PropertyChange], PropertyChange]) -> ResourceChange:
    return _with(row, tuple(map(change, row.properties)))


def _told_with_values(rows: Sequence[ResourceChange]) -> list[ResourceChange]:
    """The view with values leaves out what only might move because something it reads is updated in place, and
    what only follows from that: replacement is told from the rows that are left. An attribute that is a property
    of its source, and changes with it, is no might.
    """
    there = {row.logical_id: row for row in rows if row.action == "Modify"}
    readers = _readers(rows, "Dynamic")
    waiting = OrderedDict.fromkeys(there)
    while waiting:
        name, _ = waiting.popitem(last=False)
        row = there.get(name)
        kept = row and _without(row, partial(_unfounded, there=there))
        if kept is row:
            continue
        if kept:
            there[name] = kept
        else:
            del there[name]
        waiting.update(dict.fromkeys(readers.get(name, ())))
    return [there.get(row.logical_id, row) for row in rows if row.action != "Modify" or row.logical_id in there]


def _without(row: ResourceChange, left_out: Callable[[PropertyChange], bool]) -> ResourceChange | None:
    """None where nothing is left of it."""
    properties = tuple(one for one in row.properties if not left_out(one))
    return _with(row, properties) if properties or row.action != "Modify" or not row.properties else None


def _with(row: ResourceChange, properties: tuple[PropertyChange, ...]) -> ResourceChange:
    """What follows for the resource from these changes alone."""
    if row.action != "Modify" or properties == row.properties:
        return row
    other_type = replacement(row.properties) != row.replacement
    replaced = row.replacement if other_type else replacement(properties)
    policy = row.policy_action if replaced != "False" else ""
    return replace(row, properties=properties, replacement=replaced, policy_action=policy)


def _unfounded(row: PropertyChange, *, there: Mapping[str, ResourceChange]) -> bool:
    """Nothing that is left in the view gives it another value."""
    if row.evaluation != "Dynamic" or row.change_source not in REFERENCES:
        return False
    name, _, attribute = row.causing_entity.partition(".")
    source = there.get(name)
    if source is None or source.replacement != "False":
        return source is None
    path = "/Properties/" + attribute.replace(".", "/")
    return not (attribute and any(one.path == path or one.path.startswith(path + "/") for one in source.properties))


def _change(row: ResourceChange, known: Known, *, values: bool) -> dict[str, Any]:
    change: dict[str, Any] = {"PolicyAction": row.policy_action} if row.policy_action else {}
    change |= {"Action": row.action, "LogicalResourceId": row.logical_id}
    if row.physical_id:
        change["PhysicalResourceId"] = row.physical_id
    change["ResourceType"] = row.resource_type
    if row.action == "Modify":
        change["Replacement"] = row.replacement
    change["Scope"] = sorted({p.attribute for p in row.properties} - {CONDITION})
    change["Details"] = list(_details(row, known, values=values))
    if values:
        for key, context, after in (("BeforeContext", row.before, False), ("AfterContext", row.after, True)):
            if context is not None:
                shown = known.plain({"Properties": {}, **context}, after=after)
                change[key] = json.dumps(shown, separators=(",", ":"), ensure_ascii=False)
    return change


def _details(row: ResourceChange, known: Known, *, values: bool) -> Iterator[dict[str, Any]]:
    """What is done first, why second; each once."""
    told = set()
    found = []
    for one in row.properties:
        if one.attribute == CONDITION:
            continue  # CloudFormation decides it before it answers
        whole = _as_document(row, one)
        for evaluation, source, entity in _causes(one, values=values):
            moved = whole is one and one.change_source in REFERENCES
            target = _target(whole, known, values=values, moved=moved)
            detail: dict[str, Any] = {"Target": target, "Evaluation": evaluation, "ChangeSource": source}
            if entity:
                detail["CausingEntity"] = entity
            text = json.dumps(detail, sort_keys=True)
            if text not in told:
                told.add(text)
                found.append(detail)
    certain = [detail["Target"] for detail in found if _direct(detail) and detail["Evaluation"] == "Static"]
    direct = [d for d in found if _direct(d) and (d["Evaluation"] == "Static" or d["Target"] not in certain)]
    yield from [*direct, *(detail for detail in found if not _direct(detail))]


def _direct(detail: Mapping[str, Any]) -> bool:
    return bool(detail["ChangeSource"] == "DirectModification")


def _as_document(row: ResourceChange, one: PropertyChange) -> PropertyChange:
    """CloudFormation shows free JSON, such as a policy document, as one value."""
    parts = tuple(one.path.split("/")[2:])
    cut = rules.document(row.resource_type, parts)
    if one.attribute != "Properties" or cut == parts:
        return one
    before, after = (_inside(context, cut) for context in (row.before, row.after))
    return replace(
        one,
        path="/".join(["/Properties", *cut]),
        before=before,
        after=after,
        has_before=before is not None,
        has_after=after is not None,
        after_known=True,
    )


def _inside(context: Mapping[str, Any] | None, parts: Iterable[str]) -> Any:
    return at((context or {}).get("Properties"), map(unescape, parts))


def _top(one: PropertyChange) -> str:
    """The property that a change lies in."""
    return unescape(one.path.removeprefix("/Properties").removeprefix("/").split("/")[0])


def _causes(one: PropertyChange, *, values: bool) -> list[tuple[str, str, str]]:
    """A parameter, and with values what a source makes of it, shows twice: the change, and what causes it."""
    causes: list[tuple[str, str, str]] = [
        (one.evaluation, one.change_source, entity) for entity in one.causing_entity.split(BETWEEN)
    ]
    if one.change_source == PARAMETER or (one.change_source in REFERENCES and values):
        return [("Dynamic", "DirectModification", ""), *causes]
    return causes


def _target(one: PropertyChange, known: Known, *, values: bool, moved: bool) -> dict[str, Any]:
    target: dict[str, Any] = {"Attribute": one.attribute}
    name = _top(one)
    if one.attribute == "Properties" and name:
        target["Name"] = name
    target["RequiresRecreation"] = one.recreation
    if not values or one.change_source == "Automatic":
        return target
    target["Path"] = one.path
    if one.has_before:
        target["BeforeValue"] = WITHHELD if one.secret else known.text(one.before, after=False)
    if one.has_after:
        after = UNKNOWN if moved else known.text(one.after, after=True)
        target["AfterValue"] = WITHHELD if one.secret else after
    kind = "Modify" if one.has_before and one.has_after else "Add" if one.has_after else "Remove"
    target["AttributeChangeType"] = kind
    return target
