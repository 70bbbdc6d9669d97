"""Something is opened to the internet, or a check of who calls is taken away."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings import calls, doors
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review
from seed.changesets.words import word

LOOKS = calls.LOOKS | doors.LOOKS


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.after is None or pair.before is pair.after:
            continue
        look = LOOKS.get(pair.resource_type)
        for opened in look(pair) if look else ():
            yield Finding(
                "exposed",
                opened.severity,
                f"The {word(pair.resource_type)} {pair.logical_id} {opened.sentence}.",
                pair.logical_id,
                opened.evidence,
                opened.hint,
            )


RULE = Rule(
    "exposed",
    "Opened to the internet",
    "danger",
    "A route without a check, a function URL without auth, a bucket without its public-access block, a port open to "
    "the world or a public database can be used by anybody who finds it. Routes are read from their resources and "
    "from OpenAPI bodies, path by path.",
    "API Gateway, AppSync, Lambda, S3, EC2, RDS, Redshift, MSK and Cognito guides: security sections of each property",
    find,
)
