"""Rows fold into what a developer thinks in: a function, a route, a table, with what was generated beneath.

Text, markdown, JSON and the console fold alike. Nothing that a finding speaks of is folded, and nothing whose fate
is another than that of what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from seed.changesets.model import ResourceChange, Severity


class Family(NamedTuple):
    """One thing and what belongs to it, in the order of the rows."""

    head: ResourceChange
    beneath: tuple[ResourceChange, ...] = ()


def families(rows: Iterable[ResourceChange]) -> tuple[Family, ...]:
    """Each row once, in the order of the heads."""
    there = {row.logical_id: row for row in rows}
    beneath: dict[str, list[ResourceChange]] = {name: [] for name in there}
    heads = []
    for row in there.values():
        head = _head(row, there)
        if head is row:
            heads.append(row)
        else:
            beneath[head.logical_id].append(row)
    return tuple(Family(head, tuple(beneath[head.logical_id])) for head in heads)


def _head(row: ResourceChange, there: Mapping[str, ResourceChange]) -> ResourceChange:
    """The topmost one that it may fold beneath; in a circle, none."""
    head, passed = row, {row.logical_id}
    while owner := there.get(head.belongs_to):
        if owner.logical_id in passed:
            return row
        passed.add(owner.logical_id)
        if not _folds(row, owner) or not _folds(head, owner):
            break
        head = owner
    return head


def _folds(row: ResourceChange, owner: ResourceChange) -> bool:
    if owner.routine or row.severity > Severity.NOTICE or row.nested:
        return False
    return bool(row.routine) or (row.action, row.replacement) == (owner.action, owner.replacement)
