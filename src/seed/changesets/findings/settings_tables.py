"""What DynamoDB refuses of a table: its words, its indexes, and throughput where it is paid otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.keys import TABLES
from seed.changesets.findings.places import at, objects
from seed.changesets.findings.refusals import Look, Wrong
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, is_undecided, show

GLOBAL, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
MULTI = "MultiRegionConsistency"
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
        indexes = [one for one in objects(properties.get(place)) if not is_undecided(one)]
        if len(indexes) > count:
            what = f"has {len(indexes)} {'local' if most else 'global'} indexes, and DynamoDB takes {count}"
            hint = "Make some of them global." if most else "Ask for a larger quota, or take some of them out."
            yield Wrong(what if most else f"{what} if nobody asked for more", place, hint, certain=most)


def _indexes(properties: dict[str, Any]) -> Iterator[Wrong]:
    keys = _by_kind(properties)
    for place in (LOCAL, GLOBAL):
        for one in objects(properties.get(place)):
            name = show(one.get("IndexName", ""))[:SHOWN]
            projected = at(one, "Projection/ProjectionType")
            named = at(one, "Projection/NonKeyAttributes")
            if (projected == "INCLUDE" and not named) or (projected in ("ALL", "KEYS_ONLY") and named):
                what = (
                    f"has the index {name} that projects {projected}, and {'names' if named else 'does not name'} what"
                )
                yield Wrong(
                    what, f"{place}/{name}/Projection", "NonKeyAttributes goes with INCLUDE, and with it alone."
                )
            if place == LOCAL and keys and "RANGE" not in keys:
                hint = "Give the table a sort key, or make the index global."
                yield Wrong(f"has no sort key, and the local index {name}", f"{place}/{name}", hint)
            own = _by_kind(one).get("HASH", "")
            if place == LOCAL and keys.get("HASH") and own and own != keys["HASH"]:
                what = f"has the local index {name} by {own[:SHOWN]}, and is by {keys['HASH'][:SHOWN]} itself"
                yield Wrong(what, f"{place}/{name}/KeySchema", "Make the index global.")


def _by_kind(one: dict[str, Any]) -> dict[str, str]:
    """HASH and RANGE → the attribute; nothing where any of it is not known."""
    keys = objects(one.get("KeySchema"))
    found = [(key.get("KeyType"), key.get("AttributeName")) for key in keys]
    plain = all(isinstance(part, str) for key in found for part in key)
    return {str(kind): str(name) for kind, name in found} if plain else {}


def _global(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    yield from _attributes(properties, review)
    yield from _indexes(properties)
    given, region = properties.get("Replicas"), review.new.pseudo.region
    replicas = [one.get("Region") for one in objects(given)]
    if not isinstance(given, list) or len(replicas) != len(given) or not all(isinstance(r, str) for r in replicas):
        return
    if region and replicas and region not in replicas:
        what = f"has no replica in {region}, where the stack is"
        yield Wrong(what, "Replicas", "List a replica for the region that the stack is in.")
    if len(replicas) > 1 and "StreamSpecification" not in properties and properties.get(MULTI) != "STRONG":
        what = f"has {len(replicas)} replicas, and no stream by which they could follow"
        yield Wrong(what, "StreamSpecification: not set", "Set StreamViewType to NEW_AND_OLD_IMAGES.")


def _table(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    yield from _attributes(properties, review)
    yield from _indexes(properties)
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


LOOKS: dict[str, Look] = {TABLES[0]: _table, TABLES[1]: _global}
