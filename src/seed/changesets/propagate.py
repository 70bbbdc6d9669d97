"""What a change of one resource makes of those that refer to it, through any chain, as AWS reports it.

A resource that is replaced gives its dependents a new id: Static when the replacement is certain, Dynamic
when it may happen. One that is updated in place may answer other attributes: AWS lists who reads them as
Dynamic, and we say for which that is only noise.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import NamedTuple

from seed.changesets import rules
from seed.changesets.leaves import at
from seed.changesets.model import PropertyChange, Replacement
from seed.changesets.reasons import NONE, Kind, Reason, marks
from seed.changesets.resource import Pair
from seed.changesets.values import is_secret, unescape

STEADY_ENDINGS = ("Arn", "Id", "Name", "Url", "URL", "DomainName", "Endpoint")
MOVING = re.compile(r"Stream|Version|Revision|Latest|Current|Last[A-Z]|Active|Snapshot|Kms|Secret|^FunctionArn$")
"""In the name of an attribute: what it answers may be another after an update in place."""
MOVED_BY = {
    ("AWS::DynamoDB::Table", "StreamArn"): "StreamSpecification",
    ("AWS::DynamoDB::GlobalTable", "StreamArn"): "StreamSpecification",
}
"""What alone moves an attribute: a table's stream is made anew only where the stream itself is asked otherwise."""
MOVING_TYPES = ("AWS::CloudFormation::", "Custom::", "AWS::Lambda::Version", "AWS::SSM::Parameter")


def replacement(rows: Iterable[PropertyChange]) -> Replacement:
    """The most impact wins; Always that is only Dynamic is Conditional (API reference of ResourceChange)."""
    worst: Replacement = "False"
    for row in rows:
        if row.recreation == "Always" and row.evaluation == "Static":
            return "True"
        if row.recreation != "Never":
            worst = "Conditional"
    return worst


def steady(resource_type: str, attribute: str, rows: Iterable[PropertyChange]) -> bool:
    """An update in place, of these rows, leaves this attribute as it is."""
    if moved_by := MOVED_BY.get((resource_type, attribute)):
        return not any(row.path.startswith(f"/Properties/{moved_by}") for row in rows if not row.routine)
    if resource_type.startswith(MOVING_TYPES) or MOVING.search(attribute) or not attribute.endswith(STEADY_ENDINGS):
        return False
    property_ = "/Properties/" + attribute.replace(".", "/")
    return not any((row.path + "/").startswith(property_ + "/") for row in rows if not row.routine)


def propagate(pairs: Collection[Pair], secrets: Collection[str]) -> None:
    """Add rows to dependents until nothing new follows."""
    by_name = {pair.logical_id: pair for pair in pairs if pair.before and pair.after}
    readers: dict[str, list[tuple[Pair, str, str]]] = defaultdict(list)
    for pair in by_name.values():
        for path, source, attribute in pair.after.references if pair.after else ():
            if source in by_name and source != pair.logical_id:
                readers[source].append((pair, path, attribute))
    told: dict[str, _State] = {}
    queue = deque(name for name, pair in by_name.items() if pair.rows or pair.old_type != pair.resource_type)
    waiting = set(queue)
    known: dict[str, _Index] = {}
    while queue:
        name = queue.popleft()
        waiting.remove(name)
        state = _state(by_name[name])
        if told.get(name) == state:
            continue
        told[name] = state
        for reader, path, attribute in readers[name]:
            row = _caused(reader, path, by_name[name], attribute, state, secrets)
            if row and _add(reader, row, known) and reader.logical_id not in waiting:
                waiting.add(reader.logical_id)
                queue.append(reader.logical_id)


class _State(NamedTuple):
    """`replaced` as AWS says it; `really` and `moves` without rows that are only noise."""

    replaced: Replacement
    really: Replacement
    moves: bool


def _state(pair: Pair) -> _State:
    if pair.old_type != pair.resource_type:
        return _State("True", "True", moves=True)
    real = [row for row in pair.rows if not row.routine]
    return _State(replacement(pair.rows), replacement(real), moves=bool(real))


def _caused(
    reader: Pair, path: str, source: Pair, attribute: str, state: _State, secrets: Collection[str]
) -> PropertyChange | None:
    if state.replaced == "False" and not (attribute and _readable(source)):
        return None  # an update in place keeps the id, and policies change nothing that others read
    part, *parts = (unescape(one) for one in path.split("/")[1:])
    before, value = (at(side.body, (part, *parts)) for side in (reader.before, reader.after) if side)
    names = () if attribute else _names(source, value)
    before, value = names or (before, value)
    secret = is_secret(value, secrets) or (before != value and is_secret(before, secrets))
    inside = part == "Properties"
    return PropertyChange(
        path=path,
        attribute="Tags" if inside and parts[:1] == ["Tags"] else part,
        before=None if secret else before,
        after=None if secret else value,
        secret=secret,
        after_known=bool(names),
        recreation=rules.recreation(reader.resource_type, tuple(parts)) if inside else "Never",
        evaluation="Static" if state.replaced == "True" else "Dynamic",
        change_source="ResourceAttribute" if attribute else "ResourceReference",
        causing_entity=f"{source.logical_id}.{attribute}" if attribute else source.logical_id,
        **marks(_why(source, attribute, state)),
    )


def _why(source: Pair, attribute: str, state: _State) -> Reason:
    noise = _noise(source, attribute, state)
    return noise if noise.text else _kept(source, attribute)


def _kept(source: Pair, attribute: str) -> Reason:
    """Replaced under the same fixed name: what is made of the name stays."""
    if attribute not in ("", "Arn") or not rules.named_by_ref(source.resource_type):
        return NONE
    was, now = (side.get(rules.name_property(source.resource_type)) for side in source.properties)
    if not isinstance(was, str) or was != now or source.old_type != source.resource_type:
        return NONE
    return Reason(Kind.STAYS, f"{source.logical_id} is replaced and keeps its name")


def _names(source: Pair, value: object) -> tuple[str, str] | tuple[()]:
    """The old and the new name, where a Ref to the source answers a name that a person gave."""
    if value != {"Ref": source.logical_id} or not rules.named_by_ref(source.resource_type):
        return ()
    was, now = (side.get(rules.name_property(source.resource_type)) for side in source.properties)
    return (was, now) if isinstance(was, str) and isinstance(now, str) else ()


def _noise(source: Pair, attribute: str, state: _State) -> Reason:
    """Why the value most probably stays what it is; nothing when it may move."""
    if not state.moves and state.replaced == "True":
        return Reason(Kind.VERSION, f"the new version of {source.logical_id} has the same code")
    if not state.moves:
        return Reason(Kind.STAYS, f"{source.logical_id} most probably does not change")
    if state.really != "False" or (attribute and not steady(source.resource_type, attribute, source.rows)):
        return NONE
    return Reason(Kind.STAYS, f"{source.logical_id} is updated in place and keeps its {attribute or 'id'}")


def _readable(source: Pair) -> bool:
    """Metadata and policies of the template change nothing that others could read."""
    return any(row.attribute in ("Properties", "Tags") for row in source.rows)


_Cause = tuple[str, str, str]
_Index = dict[_Cause, int]
"""Where the row of a cause stands, for readers of hundreds."""


def _cause(row: PropertyChange) -> _Cause:
    return row.path, row.causing_entity, row.change_source


def _add(reader: Pair, row: PropertyChange, indexes: dict[str, _Index]) -> bool:
    """A certain cause takes the place of a possible one. False when it was known."""
    index = indexes.get(reader.logical_id)
    if index is None:
        index = indexes[reader.logical_id] = {}
        for place, own in enumerate(reader.rows):
            index.setdefault(_cause(own), place)
    place = index.setdefault(_cause(row), len(reader.rows))
    if place == len(reader.rows):
        reader.rows.append(row)
        return True
    known = reader.rows[place]
    better = row.evaluation == "Static" and known.evaluation == "Dynamic"
    if better or (known.routine and not row.routine):
        reader.rows[place] = row
        return True
    return False
