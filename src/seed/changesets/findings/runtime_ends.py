"""A function on a runtime whose support ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.running import changed_to, kept
from seed.changesets.findings.runtimes import ENDS, PUBLISHED, in_words
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed
from seed.counting import counted

SOON = timedelta(days=90)


def find(review: Review) -> Iterator[Finding]:
    today = review.today or PUBLISHED
    soon = {name: day for name, day in ENDS.items() if today < day <= today + SOON}
    found, taken = kept(review), set()
    for pair, _was, now in changed_to(review):
        found.setdefault(now, []).append(pair.logical_id)
        taken.add(now)
    for now, functions in found.items():
        if now in soon:
            number = counted(len(functions), "function")
            yield Finding(
                "runtime-ends",
                Severity.NOTICE if now in taken else Severity.ROUTINE,
                f"{number} of this deployment {'runs' if len(functions) == 1 else 'run'} on {now}: "
                f"Lambda ends it on {in_words(soon[now])}.",
                evidence=listed(functions, 10),
                hint="Take a newer runtime while the old one is still supported.",
            )


RULE = Rule(
    "runtime-ends",
    "A runtime ends soon",
    "notice",
    "From 90 days before the end of its support on a runtime is told, so that there is time to move: a notice where a "
    "function gets it, routine where it stays.",
    "Lambda developer guide: Lambda runtimes, supported runtimes; the table as cfn-lint keeps it",
    find,
)
