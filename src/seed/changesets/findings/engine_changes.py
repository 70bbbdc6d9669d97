"""A database, cache or search domain gets another major version of its engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from seed.changesets.findings.places import true
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import same, show
from seed.changesets.words import word

VERSION = "EngineVersion"
INSTANCE = "AWS::RDS::DBInstance"
RELATIONAL = frozenset([INSTANCE, "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"])
"""They never go back, and say so."""
MAJOR = dict.fromkeys(
    [*RELATIONAL, "AWS::ElastiCache::ReplicationGroup", "AWS::MemoryDB::Cluster", "AWS::OpenSearchService::Domain"], 1
) | {"AWS::AmazonMQ::Broker": 2, "AWS::Neptune::DBCluster": 2}
"""Type → how many numbers of its version are the major one."""
TWO = ("mysql", "mariadb")
"""Engines of which the first two are."""
NUMBERS = re.compile(r"(?:^|_)(\d+(?:\.\d+)*)")


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    for pair in review.pairs.values():
        row = rows.get(pair.logical_id)
        if row is None or row.replacement == "True" or pair.resource_type not in MAJOR:
            continue
        if pair.before and pair.after and pair.old_type == pair.resource_type:
            yield from _moved(pair)


def _moved(pair: Pair) -> Iterator[Finding]:
    was, now = (_major(pair.resource_type, side) for side in pair.properties)
    if not was or not now or was == now or not same(*(side.get("Engine") for side in pair.properties)):
        return
    name = f"the {word(pair.resource_type)} {pair.logical_id}"
    old, new = (show(side.get(VERSION)) for side in pair.properties)
    evidence = f"{VERSION}: {old} → {new}"
    relational = pair.resource_type in RELATIONAL
    if relational and now < was:
        sentence = f"The deployment will fail: {name} cannot go back from {old} to {new}."
        hint = "Restore a snapshot of before into another one, if it must be the old version."
        yield Finding(RULE.id, Severity.DANGER, sentence, pair.logical_id, evidence, hint)
    elif pair.resource_type == INSTANCE and not _in_cluster(pair) and not true(pair.properties[1].get(ALLOW)):
        sentence = f"The deployment will fail: {name} goes from {old} to {new}, and {ALLOW} is not set."
        hint = f"Set {ALLOW}: true, once you have tried the upgrade on a copy."
        yield Finding(RULE.id, Severity.DANGER, sentence, pair.logical_id, evidence, hint)
    else:
        sentence = (
            f"{name[0].upper()}{name[1:]} goes from {old} to {new}: it may not answer meanwhile, and cannot go back."
        )
        hint = "Try it on a copy, and keep a snapshot of before."
        yield Finding(RULE.id, Severity.WARNING, sentence, pair.logical_id, evidence, hint)


def _in_cluster(pair: Pair) -> bool:
    return bool(pair.properties[1].get("DBClusterIdentifier"))


def _major(resource_type: str, properties: Mapping[str, object]) -> tuple[int, ...]:
    """() where nobody wrote a version that can be read."""
    found = NUMBERS.search(show(properties.get(VERSION)))
    if not found:
        return ()
    engine = show(properties.get("Engine", ""))
    most = 2 if any(one in engine for one in TWO) else MAJOR[resource_type]
    return tuple(int(part) for part in found[1].split(".")[:most])


ALLOW = "AllowMajorVersionUpgrade"

RULE = Rule(
    "engine-changes",
    "Another major version of an engine",
    "danger",
    "A major version changes what queries and drivers may rely on, takes the database from its callers while it is "
    "done, and has no way back but a snapshot. RDS refuses to go back, and wants AllowMajorVersionUpgrade of an "
    "instance.",
    "RDS user guide: Upgrading a DB instance engine version; RDS API reference: ModifyDBInstance; ElastiCache and "
    "OpenSearch Service guides: upgrades",
    find,
    fails=True,
)
