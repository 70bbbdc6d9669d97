"""A function on a runtime that Lambda no longer supports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.running import changed_to, kept
from seed.changesets.findings.runtimes import ENDS, PUBLISHED, RUNTIMES, in_words, refused
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.words import listed
from seed.counting import counted


def find(review: Review) -> Iterator[Finding]:
    today = review.today or PUBLISHED
    ended = {name: in_words(day) for name, day in ENDS.items() if day <= today}
    for pair, was, now in changed_to(review):
        if now in ended:
            yield _taken(pair, was, now, ended[now])
    for now, functions in kept(review).items():
        if now in ended:
            yield _left(functions, now, ended[now])


def _taken(pair: Pair, was: str, now: str, ended: str) -> Finding:
    day = RUNTIMES[now].no_updates if pair.before else RUNTIMES[now].no_new
    fails = refused(day)
    what = f"the function {pair.logical_id} gets the runtime {now}"
    return Finding(
        "runtime-ended",
        Severity.DANGER if fails else Severity.WARNING,
        f"The deployment will fail: {what}, which Lambda refuses."
        if fails
        else f"T{what[1:]}: Lambda ended it on {ended}.",
        pair.logical_id,
        evidence=f"Runtime: {was or 'not set'} → {now}" + (f"; ended on {ended}" if fails else ""),
        hint=_hint(now),
    )


def _left(functions: list[str], now: str, ended: str) -> Finding:
    """As it was: this deployment does not make it worse, but it may not go through."""
    number, stay = counted(len(functions), "function"), "stays" if len(functions) == 1 else "stay"
    closed = refused(RUNTIMES[now].no_updates)
    more = ", and refuses to update functions on it" if closed else ""
    return Finding(
        "runtime-ended",
        Severity.WARNING if closed else Severity.ROUTINE,
        f"{number} of this deployment {stay} on the runtime {now}: Lambda ended it on {ended}{more}.",
        evidence=listed(functions, 10),
        hint=_hint(now),
    )


def _hint(runtime: str) -> str:
    told = RUNTIMES[runtime]
    refuses = [_from(told.no_new, "new functions on it"), _from(told.no_updates, "updates")]
    said = " and ".join(one for one in refuses if one)
    return f"Take a current runtime: Lambda refuses {said}." if said else "Take a current runtime."


def _from(day: date | None, what: str) -> str:
    return f"{what} from {in_words(day)} on" if day else ""


RULE = Rule(
    "runtime-ended",
    "A runtime at its end of life",
    "danger",
    "Lambda refuses to create, and later to update, functions on a runtime that it no longer supports. A function that "
    "gets such a runtime is a warning, and a failure foreseen once Lambda refuses it; those that are updated and stay "
    "on one are told among what is routine, and as a warning once Lambda refuses to update them.",
    "Lambda developer guide: Lambda runtimes, deprecated runtimes; the table as cfn-lint keeps it",
    find,
    fails=True,
)
