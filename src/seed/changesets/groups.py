"""What happens to a resource, in one word, and the order in which rows are told wherever they are."""

from __future__ import annotations

from seed.changesets.model import ResourceChange
from seed.changesets.words import word

REPLACED, REMOVED, MAYBE, CHANGED, ADDED = "Replaced", "Removed", "May be replaced", "Changed", "Added"
GROUPS = (REPLACED, REMOVED, MAYBE, CHANGED, ADDED)


def group_of(row: ResourceChange) -> str:
    if row.action == "Remove":
        return REMOVED
    if row.action in {"Add", "Import"}:
        return ADDED
    if row.replacement == "True":
        return REPLACED
    return MAYBE if row.replacement == "Conditional" and not row.inferred else CHANGED


def rank(row: ResourceChange) -> tuple[int, int, str, str]:
    """Worst first, then by what happens, and things of a kind together."""
    return -row.severity, GROUPS.index(group_of(row)), word(row.resource_type).lower(), row.logical_id
