"""The change set as JSON: our own shape, documented in docs/changesets.md, stored and answered by the API.

Versioned: readers accept every version they know; fields are only added within one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from seed.changesets.access_table import access_table
from seed.changesets.headline import headline
from seed.changesets.model import ChangeSet, CodeChange, FileChange, Finding, PropertyChange, ResourceChange, Severity
from seed.errors import Invalid

VERSION = 1


class UnknownShape(Invalid):
    """The stored change set was written by a newer Seed."""

    code = "change-set-shape-unknown"


def to_json(change_set: ChangeSet, *, contexts: bool = False) -> dict[str, Any]:
    """`contexts` adds each whole resource before and after."""
    return {
        "version": VERSION,
        "stack_name": change_set.stack_name,
        "new_stack": change_set.new_stack,
        "empty": change_set.empty,
        "severity": change_set.severity.name.lower(),
        "headline": headline(change_set),
        "findings": [_plain(finding) for finding in change_set.findings],
        "resources": [_resource(row, contexts=contexts) for row in change_set.resources],
        "outputs": [_plain(row) for row in change_set.outputs],
        "parameters": [_plain(row) for row in change_set.parameters],
        "tags": [_plain(row) for row in change_set.tags],
    }


def from_json(value: Mapping[str, Any]) -> ChangeSet:
    if value.get("version") != VERSION:
        raise UnknownShape(
            f"This change set has the shape {value.get('version')}, and only {VERSION} is known.",
            hint="Update Seed, or plan again.",
        )
    return ChangeSet(
        stack_name=value["stack_name"],
        new_stack=value["new_stack"],
        resources=tuple(_read_resource(row) for row in value["resources"]),
        findings=tuple(findings_from_json(value["findings"])),
        outputs=_changes(value["outputs"]),
        parameters=_changes(value["parameters"]),
        tags=_changes(value["tags"]),
    )


def findings_from_json(rows: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """These alone, where the rest of a long change set is not wanted."""
    return [_read(Finding, row) for row in rows]


def _resource(row: ResourceChange, *, contexts: bool) -> dict[str, Any]:
    plain = _plain(row)
    plain["scope"] = list(row.scope)
    plain["properties"] = [_plain(change) for change in row.properties]
    plain["code"] = {**_plain(row.code), "files": [_plain(one) for one in row.code.files]} if row.code else None
    plain["access"] = [_plain(one) for one in access_table(row)]
    plain["nested"] = to_json(row.nested, contexts=contexts) if row.nested else None
    if not contexts:
        del plain["before"], plain["after"]
    return plain


def _plain(value: Any) -> dict[str, Any]:
    plain = {field.name: getattr(value, field.name) for field in fields(value)}
    if "severity" in plain:
        plain["severity"] = plain["severity"].name.lower()
    return plain


def _read_resource(row: Mapping[str, Any]) -> ResourceChange:
    properties = _changes(row["properties"])
    own: dict[str, Any] = {"properties": properties, "scope": tuple(row["scope"]), "code": _code(row.get("code"))}
    own |= {"nested": from_json(row["nested"]) if row.get("nested") else None}
    read: ResourceChange = _read(ResourceChange, {**row, **own})
    return read


def _code(code: Mapping[str, Any] | None) -> CodeChange | None:
    if code is None:
        return None
    files, layers = tuple(_read(FileChange, one) for one in code["files"]), tuple(code.get("layers", ()))
    read: CodeChange = _read(CodeChange, {**code, "files": files, "layers": layers})
    return read


def _changes(rows: list[dict[str, Any]]) -> tuple[PropertyChange, ...]:
    return tuple(_read(PropertyChange, row) for row in rows)


KINDS = (Finding, PropertyChange, ResourceChange, CodeChange, FileChange)
NAMES = {kind: frozenset(field.name for field in fields(kind)) for kind in KINDS}


def _read(kind: Any, row: Mapping[str, Any]) -> Any:
    names = NAMES[kind]
    known = {key: item for key, item in row.items() if key in names}
    if "severity" in known:
        known["severity"] = Severity[str(known["severity"]).upper()]
    return kind(**known)
