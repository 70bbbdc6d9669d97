"""A property that the type does not have."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import Odd, odd
from seed.changesets.findings.spelled import nearest, slip
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import printable
from seed.changesets.words import listed, word

SHOWN = 100


def find(review: Review) -> Iterator[Finding]:
    for pair, one in odd(review):
        if one.what == "unknown":
            yield _finding(pair, one)


def _finding(pair: Pair, one: Odd) -> Finding:
    free = [name for name in one.known if name not in one.used]
    meant = slip(one.name, free)
    place = printable(one.path.strip("/").replace("/", ".")[:SHOWN])
    what = f"the {word(pair.resource_type)} {pair.logical_id} has no property {place}"
    near = meant or nearest(one.name, free)
    return Finding(
        "property-unknown",
        Severity.DANGER if meant else Severity.WARNING,
        f"The deployment will fail: {what}." if meant else f"As far as is known here, {what}: the deployment may fail.",
        pair.logical_id,
        evidence=f"{pair.resource_type}: extraneous key [{printable(one.name[:SHOWN])}]"
        + ("" if near else f"; it takes {listed(sorted(one.known), 12)}"),
        hint=f"Is it {near}?" if near else "It may be misspelled, in the wrong place, or newer than what Seed knows.",
    )


RULE = Rule(
    "property-unknown",
    "A property that the type does not have",
    "danger",
    "CloudFormation refuses a property that the type does not have (“extraneous key is not permitted”). It is a danger "
    "where one that the type has is only written another way; else a warning, because the type may have got it after "
    "the specification that Seed ships.",
    "CloudFormation user guide: Validate stack deployments, property syntax validation; AWS service specification",
    find,
    fails=True,
)
