"""Keys and indexes of DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import objects
from seed.changesets.values import show

TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")


def keys(value: dict[str, Any]) -> Iterator[str]:
    """The attributes of a table's or an index's key."""
    for one in objects(value.get("KeySchema")):
        yield show(one.get("AttributeName"))


def indexes(properties: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Global secondary indexes by name."""
    return {show(one.get("IndexName")): one for one in objects(properties.get("GlobalSecondaryIndexes"))}
