"""A change set as a page shows it: what a developer thinks in, worst first, routine folded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, headline
from seed.changesets.words import word

LONGEST = 2000
SIGNS = {"Add": ("add", "Added"), "Remove": ("remove", "Removed"), "Import": ("add", "Imported")}


@dataclass(frozen=True, slots=True)
class Line:
    """One property: `path` without its first part; values as text."""

    path: str
    before: str
    after: str
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """One resource. `verb` is a word and `sign` its style."""

    logical_id: str
    kind: str
    resource_type: str
    sign: str
    verb: str
    physical_id: str
    severity: str
    source: str
    routine: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One service's change set, ready for the page."""

    headline: str
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    routine: tuple[Change, ...]
    outputs: tuple[Line, ...]
    parameters: tuple[Line, ...]
    new_stack: bool


def shown(change_set: ChangeSet, stage: str) -> Shown:
    rows = sorted(change_set.resources, key=lambda row: -row.severity)
    return Shown(
        headline=headline(change_set, stage),
        findings=tuple(sorted(change_set.findings, key=lambda f: -f.severity)),
        changes=tuple(_change(row) for row in rows if not row.routine),
        routine=tuple(_change(row) for row in rows if row.routine),
        outputs=tuple(_line(p, "Outputs") for p in change_set.outputs if not p.routine),
        parameters=tuple(_line(p, "") for p in (*change_set.parameters, *change_set.tags)),
        new_stack=change_set.new_stack,
    )


def show_value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=1, sort_keys=True)
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _change(row: ResourceChange) -> Change:
    sign, verb = SIGNS.get(row.action, ("modify", "Changed"))
    if row.action == "Modify" and row.replacement == "True":
        sign, verb = "replace", "Replaced"
    elif row.action == "Modify" and row.replacement == "Conditional":
        sign, verb = "replace", "May be replaced"
    if row.policy_action.endswith("Retain") and row.action == "Remove":
        verb = "Leaves the stack, kept"
    return Change(
        logical_id=row.logical_id,
        kind=word(row.resource_type),
        resource_type=row.resource_type,
        sign=sign,
        verb=verb,
        physical_id=row.physical_id,
        severity=row.severity.name.lower(),
        source={"aws": "AWS", "seed": "Seed", "both": "AWS and Seed"}[row.source],
        routine=row.routine,
        lines=tuple(_line(p, p.attribute) for p in row.properties),
    )


def _line(p: PropertyChange, strip: str) -> Line:
    path = p.path.removeprefix(f"/{strip}").strip("/") or p.attribute
    notes = []
    if p.recreation == "Always":
        notes.append("replaces the resource")
    elif p.recreation == "Conditionally":
        notes.append("may replace the resource")
    if p.causing_entity:
        notes.append(f"follows {p.causing_entity}")
    if p.routine:
        notes.append(p.routine)
    if p.secret:
        return Line(path, "•••" if p.has_before else "", "•••" if p.has_after else "", "; ".join([*notes, "secret"]))
    after = show_value(p.after) if p.after_known else "known after it is deployed"
    return Line(path, show_value(p.before) if p.has_before else "", after if p.has_after else "", "; ".join(notes))
