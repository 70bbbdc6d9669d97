"""A table loses an index."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.keys import TABLES
from seed.changesets.findings.places import each
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word

PATH = "GlobalSecondaryIndexes/*/IndexName"


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or not (pair.before and pair.after) or pair.resource_type not in TABLES:
            continue
        before, after = (list(each(side, PATH).values()) for side in pair.properties)
        for name in sorted(one for one in before if isinstance(one, str) and one not in after):
            yield Finding(
                "index-removed",
                Severity.WARNING,
                f"The {word(pair.resource_type)} {pair.logical_id} loses its index {name}: who queries it fails.",
                pair.logical_id,
                evidence=f"GlobalSecondaryIndexes: {name}",
                hint="Deploy the code that does without it first. Making it again reads the whole table.",
            )


RULE = Rule(
    "index-removed",
    "An index is removed",
    "warning",
    "A query names its index. Code that still runs, here or in another service, fails as soon as the index is gone.",
    "DynamoDB developer guide: Managing global secondary indexes",
    find,
)
