"""A queue gives its messages to somebody else before the function that reads them is done."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.places import digits, number
from seed.changesets.findings.refusals import asked_for
from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import macros
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review

MAPPING, FUNCTION, QUEUE = "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function", "AWS::SQS::Queue"
HIDES, RUNS = 30, 3
"""Seconds, where nothing is set."""


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values() if not macros(review) else ():
        if pair.resource_type == MAPPING and pair.after is not None:
            yield from _too_short(pair, review)


def _too_short(pair: Pair, review: Review) -> Iterator[Finding]:
    now = pair.properties[1]
    queue = asked_for(now.get("EventSourceArn"), review, QUEUE)
    function = asked_for(now.get("FunctionName"), review, FUNCTION)
    if queue is None or function is None:
        return
    before, (hides, runs) = (_times(queue, function, side) for side in (0, 1))
    if hides is None or runs is None or hides >= runs or (pair.before and before == (hides, runs)):
        return
    asked = pair.before is None or any(row.attribute == "Properties" and not row.routine for row in pair.rows)
    hidden, busy = f"hides a message for {digits(hides)} s", f"may run for {digits(runs)} s"
    what = f"the queue of the event source {pair.logical_id} {hidden}, and its function {busy}"
    yield Finding(
        RULE.id,
        Severity.DANGER if asked else Severity.WARNING,
        f"The deployment will fail: {what}." if asked else f"T{what[1:]}: what takes longer is done twice.",
        pair.logical_id,
        evidence=f"VisibilityTimeout: {digits(hides)}, Timeout: {digits(runs)}",
        hint="Set VisibilityTimeout to six times the function's Timeout.",
    )


def _times(queue: Pair, function: Pair, side: int) -> tuple[float | None, float | None]:
    """Seconds; of what is not there, or not known, None."""
    there = [bool(pair.before if side == 0 else pair.after) for pair in (queue, function)]
    given = queue.properties[side].get("VisibilityTimeout", HIDES), function.properties[side].get("Timeout", RUNS)
    hides, runs = (number(value) if known else None for value, known in zip(given, there, strict=True))
    return hides, runs


RULE = Rule(
    "visibility-short",
    "A queue that hides its messages too briefly",
    "danger",
    "Lambda refuses an event source whose queue hides a message for less time than the function may run. Where the "
    "event source is there already, nothing is refused, and what takes longer is done twice.",
    "Lambda developer guide: Using Lambda with Amazon SQS, Configuring a queue",
    find,
    fails=True,
)
