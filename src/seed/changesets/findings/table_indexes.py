"""More than one index of a table comes or goes in one update."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.keys import TABLES, indexes, keys
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    replaced = {row.logical_id for row in review.change_set.resources if row.replacement == "True"}
    for pair in review.pairs.values():
        both = pair.before is not None and pair.after is not None and pair.before is not pair.after
        if pair.resource_type not in TABLES or not both or pair.logical_id in replaced:
            continue
        before, after = (indexes(side) for side in pair.properties)
        moved = [name for name in before if name in after and list(keys(before[name])) != list(keys(after[name]))]
        changed = [*(after.keys() - before.keys()), *(before.keys() - after.keys()), *moved]
        if len(changed) > 1:
            yield Finding(
                "table-indexes",
                Severity.DANGER,
                f"The deployment will fail: {len(changed)} indexes of the table {pair.logical_id} come or go at once.",
                pair.logical_id,
                evidence=", ".join(sorted(changed)),
                hint="DynamoDB makes or deletes one global secondary index in an update: deploy them one by one.",
            )


RULE = Rule(
    "table-indexes",
    "More than one index at once",
    "danger",
    "DynamoDB makes or deletes only one global secondary index of a table in one update.",
    "DynamoDB API reference: UpdateTable; CloudFormation: AWS::DynamoDB::Table",
    find,
    fails=True,
)
