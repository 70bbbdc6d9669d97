"""A property that the type needs is not set."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import odd
from seed.changesets.findings.spelled import nearest
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    for pair, one in odd(review):
        if one.what == "needed":
            place = one.path.strip("/").replace("/", ".")
            near = nearest(one.name, [name for name in one.used if name not in one.known])
            yield Finding(
                "property-missing",
                Severity.DANGER,
                f"The deployment will fail: the {word(pair.resource_type)} {pair.logical_id} has no {place}, "
                "which it needs.",
                pair.logical_id,
                evidence=f"{pair.resource_type}: required key [{one.name}] not found",
                hint=f"Is {near} meant to be {one.name}?" if near else f"Set {one.name}.",
            )


RULE = Rule(
    "property-missing",
    "A property that the type needs is not set",
    "danger",
    "CloudFormation checks the properties of each resource against its type, and refuses one that lacks what the type "
    "requires (“required key not found”). Nothing is said of what a macro may still add.",
    "CloudFormation user guide: Validate stack deployments, property syntax validation; AWS service specification",
    find,
    fails=True,
)
