"""The change set in the shape of CloudFormation's DescribeChangeSet, to be compared with AWS's own answer.

Rules: the plain view names top-level properties; the view with property values names every path and leaves
out rows that are only Dynamic attributes of something updated in place. Scalars in contexts are strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seed.changesets.model import ChangeSet, PropertyChange, ResourceChange
from seed.changesets.values import is_intrinsic, joined, scalar_text

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
REFERENCES = ("ResourceReference", "ResourceAttribute")


def as_aws(
    change_set: ChangeSet, *, property_values: bool = True, physical_ids: Mapping[str, str] | None = None
) -> dict[str, Any]:
    ids = dict(physical_ids or {})
    ids.update({row.logical_id: row.physical_id for row in change_set.resources if row.physical_id})
    moving = {r.logical_id for r in change_set.resources if r.action == "Add" or r.replacement == "True"}
    shown = []
    for row in sorted(change_set.resources, key=lambda row: row.logical_id):
        change = _change(row, _Known(ids, moving), values=property_values)
        if change:
            shown.append({"Type": "Resource", "ResourceChange": change})
    return {"Changes": shown}


class _Known:
    """Which references can be told before and after."""

    def __init__(self, ids: Mapping[str, str], moving: set[str]) -> None:
        self.ids, self.moving = ids, moving

    def text(self, value: Any, *, after: bool) -> str:
        plain = self.plain(value, after=after)
        return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))

    def plain(self, value: Any, *, after: bool) -> Any:
        if is_intrinsic(value):
            return self._intrinsic(value, after=after)
        if isinstance(value, dict):
            return {key: self.plain(item, after=after) for key, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item, after=after) for item in value]
        return scalar_text(value)

    def _intrinsic(self, value: dict[str, Any], *, after: bool) -> Any:
        name, argument = next(iter(value.items()))
        if name == "Ref" and argument in self.ids and not (after and argument in self.moving):
            return self.ids[argument]
        if name == "Fn::Join" and argument[0] == "":
            text = joined([self.plain(part, after=after) for part in argument[1]])
            return UNKNOWN if UNKNOWN in str(text) else text
        if name == "Fn::Base64" and isinstance(argument, str):
            import base64

            return base64.b64encode(argument.encode()).decode()
        return UNKNOWN


def _change(row: ResourceChange, known: _Known, *, values: bool) -> dict[str, Any] | None:
    properties = [p for p in row.properties if not (values and _only_dynamic(p))]
    if row.action == "Modify" and row.properties and not properties:
        return None
    change: dict[str, Any] = {"PolicyAction": row.policy_action} if row.policy_action else {}
    change |= {"Action": row.action, "LogicalResourceId": row.logical_id}
    if row.physical_id:
        change["PhysicalResourceId"] = row.physical_id
    change["ResourceType"] = row.resource_type
    if row.action == "Modify":
        change["Replacement"] = row.replacement
    change["Scope"] = sorted({p.attribute for p in properties})
    change["Details"] = list(_details(properties, known, values=values))
    if values:
        for key, context, after in (("BeforeContext", row.before, False), ("AfterContext", row.after, True)):
            if context is not None:
                change[key] = json.dumps(known.plain(context, after=after), separators=(",", ":"))
    return change


def _only_dynamic(row: PropertyChange) -> bool:
    return row.change_source == "ResourceAttribute" and row.evaluation == "Dynamic"


def _details(properties: Iterable[PropertyChange], known: _Known, *, values: bool) -> Iterator[dict[str, Any]]:
    told = set()
    for one in properties:
        for evaluation, source, entity in _causes(one, values=values):
            target = _target(one, known, values=values)
            detail: dict[str, Any] = {"Target": target, "Evaluation": evaluation, "ChangeSource": source}
            if entity:
                detail["CausingEntity"] = entity
            text = json.dumps(detail, sort_keys=True)
            if text not in told:
                told.add(text)
                yield detail


def _causes(one: PropertyChange, *, values: bool) -> list[tuple[str, str, str]]:
    """A parameter and (with values) a replaced source show twice: as the cause, and as the change that it makes."""
    cause = (one.evaluation, one.change_source, one.causing_entity)
    if one.change_source == "ParameterReference":
        return [cause, ("Dynamic", "DirectModification", "")]
    if one.change_source in REFERENCES and values and one.evaluation == "Static":
        return [cause, ("Dynamic", "DirectModification", "")]
    return [cause]


def _target(one: PropertyChange, known: _Known, *, values: bool) -> dict[str, Any]:
    target: dict[str, Any] = {"Attribute": one.attribute}
    if one.attribute == "Properties":
        target["Name"] = one.path.split("/")[2].replace("~1", "/").replace("~0", "~")
    target["RequiresRecreation"] = one.recreation
    if not values:
        return target
    target["Path"] = one.path
    if one.has_before and not one.secret:
        target["BeforeValue"] = known.text(one.before, after=False)
    if one.has_after and not one.secret:
        moved = one.change_source in REFERENCES
        target["AfterValue"] = UNKNOWN if moved else known.text(one.after, after=True)
    kind = "Modify" if one.has_before and one.has_after else "Add" if one.has_after else "Remove"
    target["AttributeChangeType"] = kind
    return target
