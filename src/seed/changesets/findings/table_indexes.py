"""More than one index of a table comes or goes in one update, or one changes what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.keys import TABLES, indexes
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.order import alike
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import show
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    replaced = {row.logical_id for row in review.change_set.resources if row.replacement == "True"}
    for pair in review.pairs.values():
        both = pair.before is not None and pair.after is not None and pair.before is not pair.after
        if pair.resource_type not in TABLES or not both or pair.logical_id in replaced:
            continue
        before, after = (indexes(side) for side in pair.properties)
        yield from _altered(pair, before, after)
        changed = [*(after.keys() - before.keys()), *(before.keys() - after.keys())]
        if len(changed) > 1:
            yield Finding(
                "table-indexes",
                Severity.DANGER,
                f"The deployment will fail: {len(changed)} indexes of the table {pair.logical_id} come or go at once.",
                pair.logical_id,
                evidence=", ".join(sorted(changed)),
                hint="DynamoDB makes or deletes one global secondary index in an update: deploy them one by one.",
            )


def _altered(pair: Pair, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Finding]:
    """Under its name an index can only get other throughput."""
    for name, was in before.items():
        now = after.get(name, was)
        moved = [key for key in FIXED if not alike(was.get(key), now.get(key), key)]
        if moved:
            yield Finding(
                "table-indexes",
                Severity.DANGER,
                f"The deployment will fail: the index {name} of the table {pair.logical_id} cannot change its "
                f"{listed(moved)}.",
                pair.logical_id,
                evidence="; ".join(f"{key}: {show(was.get(key))} → {show(now.get(key))}" for key in moved),
                hint="Add another index under a new name, and remove this one in the next deployment.",
            )


FIXED = ("KeySchema", "Projection")

RULE = Rule(
    "table-indexes",
    "Indexes that cannot change so",
    "danger",
    "DynamoDB makes or deletes only one global secondary index of a table in one update, and none can get another "
    "key or projection under its name.",
    "DynamoDB API reference: UpdateTable; CloudFormation: AWS::DynamoDB::Table",
    find,
    fails=True,
)
