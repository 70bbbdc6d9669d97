"""What DynamoDB refuses of a table: its words, its indexes, and throughput where it is paid otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.keys import TABLES
from seed.changesets.findings.places import objects
from seed.changesets.findings.refusals import Look, Wrong
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, show

GLOBAL, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
THROUGHPUT = "ProvisionedThroughput"
MOST_LOCAL, QUOTA_OF_GLOBAL = 5, 20
TYPES = {"S": "text", "N": "number", "B": "bytes"}
SHOWN = 60


def _attributes(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    for one in objects(properties.get("AttributeDefinitions")):
        kind, name = one.get("AttributeType"), show(one.get("AttributeName", ""))[:SHOWN]
        if isinstance(kind, str) and kind not in TYPES and "{{resolve:" not in kind:
            what = f"has the attribute {name} of the type {kind[:SHOWN]}"
            hint = "A key is " + ", ".join(f"{word} ({text})" for word, text in TYPES.items()) + "."
            yield Wrong(what, f"AttributeDefinitions/{name}", hint)
    for place, count, most in ((LOCAL, MOST_LOCAL, True), (GLOBAL, QUOTA_OF_GLOBAL, False)):
        indexes = [one for one in objects(properties.get(place)) if "Fn::If" not in one]
        if len(indexes) > count:
            what = f"has {len(indexes)} {'local' if most else 'global'} indexes, and DynamoDB takes {count}"
            hint = "Make some of them global." if most else "Ask for a larger quota, or take some of them out."
            yield Wrong(what if most else f"{what} if nobody asked for more", place, hint, certain=most)


def _table(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    yield from _attributes(properties, review)
    mode, given = properties.get("BillingMode", "PROVISIONED"), properties.get(THROUGHPUT)
    if mode == "PAY_PER_REQUEST" and given is not None and not is_intrinsic(given):
        yield Wrong("is paid per request, and has throughput too", THROUGHPUT, f"Leave {THROUGHPUT} out.")
    if mode == "PROVISIONED" and given is None and properties:
        hint = "Say BillingMode: PAY_PER_REQUEST, or how much throughput there is to be."
        yield Wrong("is paid for its throughput, and has none", f"{THROUGHPUT}: not set", hint)
    if mode == "PROVISIONED" and given is not None:
        for one in objects(properties.get(GLOBAL)):
            if THROUGHPUT not in one and not is_intrinsic(one):
                name = show(one.get("IndexName", ""))
                yield Wrong(f"has no throughput for its index {name}", f"{GLOBAL}/{name}", "Say how much it has.")


LOOKS: dict[str, Look] = {TABLES[0]: _table, TABLES[1]: _attributes}
