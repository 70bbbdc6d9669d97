"""What goes together: a guard with what it guards, an alarm with what it watched."""

from __future__ import annotations

from typing import Any

from seed.changesets.review import Review
from seed.changesets.values import references


def deletes(review: Review, value: Any) -> bool:
    """Something that the value refers to is deleted. What a policy keeps goes on outside the stack, and counts not."""
    if __name__ not in review.worked_out:
        rows = review.change_set.resources
        review.worked_out[__name__] = {row.logical_id for row in rows if row.policy_action == "Delete"}
    return any(source in review.worked_out[__name__] for _, source, _attribute in references(value))
