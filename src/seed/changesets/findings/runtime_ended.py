"""A function on a runtime that Lambda no longer supports."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.running import changed_to, kept
from seed.changesets.findings.runtimes import ENDS, PUBLISHED, in_words
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import counted, listed

HINT = "Lambda refuses new functions on it, and later updates too: take a current runtime."


def find(review: Review) -> Iterator[Finding]:
    today = review.today or PUBLISHED
    ended = {name: in_words(day) for name, day in ENDS.items() if day <= today}
    for pair, was, now in changed_to(review):
        if now in ended:
            yield Finding(
                "runtime-ended",
                Severity.WARNING,
                f"The function {pair.logical_id} gets the runtime {now}: Lambda ended it on {ended[now]}.",
                pair.logical_id,
                evidence=f"Runtime: {was or 'not set'} → {now}",
                hint=HINT,
            )
    for now, functions in kept(review).items():
        if now in ended:
            number = counted(len(functions), "function")
            yield Finding(
                "runtime-ended",
                Severity.ROUTINE,  # as it was: this deployment does not make it worse
                f"{number} of this deployment {'stays' if len(functions) == 1 else 'stay'} on the runtime {now}: "
                f"Lambda ended it on {ended[now]}.",
                evidence=listed(functions, 10),
                hint=HINT,
            )


RULE = Rule(
    "runtime-ended",
    "A runtime at its end of life",
    "warning",
    "Lambda refuses to create, and later to update, functions on a runtime that it no longer supports. A function that "
    "gets such a runtime is a warning; those that are updated and stay on one are told among what is routine.",
    "Lambda developer guide: Lambda runtimes, deprecated runtimes; the table as cfn-lint keeps it",
    find,
)
