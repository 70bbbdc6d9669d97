"""Which functions a deployment puts, or leaves, on which runtime."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.resource import Pair
from seed.changesets.review import Review

FUNCTION = "AWS::Lambda::Function"


def changed_to(review: Review) -> Iterator[tuple[Pair, str, str]]:
    """(function, its runtime before or '', its runtime now), where the two differ."""
    for pair, was, now in _all(review):
        if was != now:
            yield pair, was, now


def kept(review: Review) -> dict[str, list[str]]:
    """Runtime → functions that this deployment updates and leaves on it."""
    found: dict[str, list[str]] = {}
    updated = {row.logical_id for row in review.change_set.resources if row.action == "Modify" and not row.routine}
    for pair, was, now in _all(review):
        if was == now and pair.logical_id in updated:
            found.setdefault(now, []).append(pair.logical_id)
    return found


def _all(review: Review) -> Iterator[tuple[Pair, str, str]]:
    for pair in review.pairs.values():
        if pair.resource_type == FUNCTION and pair.after is not None and pair.before is not pair.after:
            was, now = (side.get("Runtime", "") for side in pair.properties)
            if isinstance(now, str) and now:
                yield pair, was if isinstance(was, str) else "", now
