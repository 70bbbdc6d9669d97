"""A function on a runtime that Lambda no longer supports."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

ENDED = {
    "nodejs18.x": "September 2025",
    "nodejs16.x": "June 2024",
    "nodejs14.x": "December 2023",
    "nodejs12.x": "March 2023",
    "nodejs10.x": "July 2021",
    "nodejs8.10": "March 2020",
    "python3.9": "December 2025",
    "python3.8": "October 2024",
    "python3.7": "December 2023",
    "python3.6": "July 2022",
    "python2.7": "July 2021",
    "java8": "January 2024",
    "dotnet7": "May 2024",
    "dotnet6": "December 2024",
    "dotnetcore3.1": "April 2023",
    "go1.x": "January 2024",
    "ruby2.7": "December 2023",
    "ruby2.5": "July 2021",
    "provided": "January 2024",
}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type != "AWS::Lambda::Function" or pair.after is None or pair.before is pair.after:
            continue
        was, now = (side.get("Runtime") for side in pair.properties)
        if isinstance(now, str) and now in ENDED and now != was:
            yield Finding(
                "runtime-ended",
                Severity.WARNING,
                f"The function {pair.logical_id} gets the runtime {now}: Lambda ended it in {ENDED[now]}.",
                pair.logical_id,
                evidence=f"Runtime: {was or 'not set'} → {now}",
                hint="Lambda refuses new functions on it, and later updates too: take a current runtime.",
            )


RULE = Rule(
    "runtime-ended",
    "A runtime at its end of life",
    "warning",
    "Lambda refuses to create, and later to update, functions on a runtime that it no longer supports.",
    "Lambda developer guide: Lambda runtimes, deprecated runtimes",
    find,
)
