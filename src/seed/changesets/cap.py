"""A resource of thousands of changes is listed as far as a person reads; of the others their number is told."""

from __future__ import annotations

from dataclasses import replace

from seed.changesets.model import PropertyChange, ResourceChange

MOST = 500
IMPACT = {"Always": 0, "Conditionally": 1, "Never": 2}


def capped(row: ResourceChange) -> ResourceChange:
    """What must be withheld, says something new, or replaces is kept; in the order in which it stood."""
    if len(row.properties) <= MOST:
        return row
    order = sorted(range(len(row.properties)), key=lambda place: _first(row.properties[place]))
    kept = tuple(row.properties[place] for place in sorted(order[:MOST]))
    return replace(row, properties=kept, more=row.more + len(row.properties) - MOST)


def _first(change: PropertyChange) -> tuple[bool, bool, int]:
    return not change.secret, bool(change.routine), IMPACT[change.recreation]
