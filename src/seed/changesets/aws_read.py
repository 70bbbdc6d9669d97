"""Read `Changes[]` of DescribeChangeSet into our rows: plain and with property values, as one.

The view with values can leave out resources that the plain one lists, so the union is what AWS said.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seed.changesets.model import PropertyChange, ResourceChange
from seed.changesets.values import is_secret

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
ATTRIBUTES = {"Properties", "Tags"}


def read_changes(
    plain: Sequence[Mapping[str, Any]], valued: Sequence[Mapping[str, Any]], secrets: Collection[str] = ()
) -> dict[str, ResourceChange]:
    """By logical id, in AWS's order. Details come from the view with values where it has any."""
    rows: dict[str, ResourceChange] = {}
    for change in [*plain, *valued]:  # the later one wins: it knows paths and values
        resource = change.get("ResourceChange", change)
        name = resource.get("LogicalResourceId")
        if not name:
            continue
        row = _row(resource, secrets)
        known = rows.get(name)
        rows[name] = row if known is None or row.properties or not known.properties else known
    return rows


def _row(resource: Mapping[str, Any], secrets: Collection[str]) -> ResourceChange:
    return ResourceChange(
        logical_id=str(resource["LogicalResourceId"]),
        resource_type=str(resource.get("ResourceType", "")),
        action=resource.get("Action", "Modify"),
        replacement=resource.get("Replacement") or "False",
        physical_id=str(resource.get("PhysicalResourceId") or ""),
        scope=tuple(resource.get("Scope") or ()),
        policy_action=str(resource.get("PolicyAction") or ""),
        properties=tuple(_withheld(row, secrets) for row in _details(resource.get("Details") or ())),
        source="aws",
        change_set=str(resource.get("ChangeSetId") or ""),
    )


def _withheld(row: PropertyChange, secrets: Collection[str]) -> PropertyChange:
    if is_secret(row.before, secrets) or is_secret(row.after, secrets):
        return replace(row, before=None, after=None, secret=True)
    return row


def _details(details: Iterable[Mapping[str, Any]]) -> Iterable[PropertyChange]:
    """One row for a path: a cause (parameter, resource) says more than the change that it makes."""
    rows: dict[tuple[str, str], PropertyChange] = {}
    paths: set[str] = set()
    for detail in details:
        row = _detail(detail)
        if row.change_source == "DirectModification" and row.evaluation == "Dynamic" and row.path in paths:
            continue
        rows.pop((row.path, ""), None)
        rows[row.path, row.causing_entity] = row
        paths.add(row.path)
    return rows.values()


def _detail(detail: Mapping[str, Any]) -> PropertyChange:
    target: Mapping[str, Any] = detail.get("Target") or {}
    attribute = str(target.get("Attribute") or "Properties")
    path = str(target.get("Path") or "")
    if not path:
        above = "/Properties" if attribute in ATTRIBUTES else ""
        path = "/".join([above, str(target.get("Name") or attribute)])
    kind = target.get("AttributeChangeType", "Modify")
    after = target.get("AfterValue")
    return PropertyChange(
        path=path,
        attribute=attribute,
        before=value_of(target.get("BeforeValue")),
        after=None if after == UNKNOWN else value_of(after),
        has_before=kind != "Add",
        has_after=kind != "Remove",
        after_known=after != UNKNOWN,
        recreation=target.get("RequiresRecreation") or "Never",
        evaluation=detail.get("Evaluation") or "Static",
        change_source=str(detail.get("ChangeSource") or "DirectModification"),
        causing_entity=str(detail.get("CausingEntity") or ""),
    )


def value_of(text: Any) -> Any:
    """Objects arrive as JSON text."""
    if isinstance(text, str) and text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text
