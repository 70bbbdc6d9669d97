"""A table whose AttributeDefinitions do not fit its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.keys import TABLES, keys
from seed.changesets.findings.places import objects
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, show
from seed.changesets.words import listed

GLOBAL, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
LISTS = ("AttributeDefinitions", "KeySchema", GLOBAL, LOCAL)


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type in TABLES and pair.after is not None and pair.before is not pair.after:
            yield from _attributes(pair)


def _attributes(pair: Pair) -> Iterator[Finding]:
    after = pair.properties[1]
    if not all(map(_certain, (after, *objects(after.get(GLOBAL)), *objects(after.get(LOCAL))))):
        return
    defined = {show(one.get("AttributeName")) for one in objects(after.get("AttributeDefinitions"))}
    used = set(keys(after))
    for index in [*objects(after.get(GLOBAL)), *objects(after.get(LOCAL))]:
        used |= set(keys(index))
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


def _certain(value: dict[str, Any]) -> bool:
    """No list that counts, and nothing in one, hangs on what only AWS knows."""
    lists = [value.get(name, []) for name in LISTS]
    return not any(is_intrinsic(one) for found in lists for one in (found, *objects(found)))


RULE = Rule(
    "table-keys",
    "A table whose keys are not defined",
    "danger",
    "AttributeDefinitions must name exactly the attributes that the keys of the table and of its indexes use.",
    "DynamoDB API reference: CreateTable, UpdateTable; CloudFormation: AWS::DynamoDB::Table",
    find,
    fails=True,
)
