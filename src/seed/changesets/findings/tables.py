"""What DynamoDB refuses in an update of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import show
from seed.changesets.words import listed

TABLE = "AWS::DynamoDB::Table"


def find(review: Review) -> Iterator[Finding]:
    replaced = {row.logical_id for row in review.change_set.resources if row.replacement == "True"}
    for pair in review.pairs.values():
        if pair.resource_type != TABLE or pair.after is None or pair.before is pair.after:
            continue
        yield from _attributes(pair)
        if pair.before is not None and pair.logical_id not in replaced:
            yield from _indexes(pair)


def _attributes(pair: Pair) -> Iterator[Finding]:
    after = pair.properties[1]
    defined = {show(one.get("AttributeName")) for one in _objects(after.get("AttributeDefinitions"))}
    used = set(_keys(after))
    for index in [*_objects(after.get("GlobalSecondaryIndexes")), *_objects(after.get("LocalSecondaryIndexes"))]:
        used |= set(_keys(index))
    odd = sorted(used ^ defined)
    if odd and used:
        missing = sorted(used - defined)
        what = f"no definition of {listed(missing)}" if missing else f"a definition of {listed(odd)} that no key uses"
        yield Finding(
            "table-keys",
            Severity.DANGER,
            f"The deployment will fail: the table {pair.logical_id} has {what}.",
            pair.logical_id,
            evidence=f"AttributeDefinitions: {', '.join(sorted(defined))}; keys: {', '.join(sorted(used))}",
            hint="AttributeDefinitions must name exactly the attributes that keys and indexes use.",
        )


def _indexes(pair: Pair) -> Iterator[Finding]:
    before, after = (
        {show(one.get("IndexName")): one for one in _objects(side.get("GlobalSecondaryIndexes"))}
        for side in pair.properties
    )
    moved = [name for name in before if name in after and list(_keys(before[name])) != list(_keys(after[name]))]
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


def _keys(value: dict[str, Any]) -> Iterator[str]:
    for one in _objects(value.get("KeySchema")):
        yield show(one.get("AttributeName"))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


RULE = Rule(
    "table-keys, table-indexes",
    "A table that DynamoDB will refuse",
    "danger",
    "AttributeDefinitions must fit the keys exactly, and only one global secondary index can be made or deleted in "
    "one update.",
    "DynamoDB API reference: CreateTable, UpdateTable; CloudFormation: AWS::DynamoDB::Table",
    find,
)
