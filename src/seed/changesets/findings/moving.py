"""Whether the value of an export moves."""

from __future__ import annotations

from typing import Any

from seed.changesets.review import Review
from seed.changesets.values import references, same


def moving(review: Review, was: tuple[str, Any], now: tuple[str, Any]) -> str:
    """`changes`, `may change` or ''. `was` and `now` are (output, value)."""
    if not same(was[1], now[1]):
        return "changes"
    rows = {r.logical_id: r for r in review.change_set.resources if not r.routine or r.replacement == "True"}
    fates = {rows[name].replacement for _, name, _attribute in references(now[1]) if name in rows}
    if "True" in fates:
        return "changes"
    return "may change" if "Conditional" in fates else ""
