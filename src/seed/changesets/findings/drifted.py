"""A resource that changes is not what its stack made of it: somebody has changed or deleted it by hand.

Then the value before, which the templates tell, is not the one that is there. What it is now is told of numbers and
truths alone, where the template shows one: a text that was set by hand may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.leaves import at
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.values import SCALAR, scalar_text, unescape
from seed.changesets.words import word

PLAIN = re.compile(r"-?\d+(\.\d+)?|true|false")
NOTHING = ("", "null")
MOST_TOLD = 3
STACK = "AWS::CloudFormation::Stack"
TEMPLATE_ONLY = frozenset({"Metadata", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy"})
MADE_AGAIN = "Make it again by hand under its old name, or take it out of the template, deploy, and put it back."

Moved = tuple[str, str, str]
"""Path below the properties, what the stack made it, what it is."""


def looked_at(row: ResourceChange) -> bool:
    """What the deployment touches and then still is there."""
    quiet = bool(row.routine) or row.inferred or row.resource_type == STACK
    return row.action == "Modify" and not quiet and not set(row.scope) <= TEMPLATE_ONLY


def by_hand(row: ResourceChange, *, gone: bool, moved: Sequence[Moved]) -> Finding | None:
    """None where it is as its stack made it."""
    if gone:
        return _gone(row)
    if not moved:
        return None
    told = [_told(row, *one) for one in moved]
    more = [f"{len(told) - MOST_TOLD} more are different"] if len(told) > MOST_TOLD else []
    touched = row.replacement == "True" or not _tops(path for path, _, _ in moved).isdisjoint(
        _tops(change.path.removeprefix("/Properties") for change in row.properties if not change.routine)
    )
    return Finding(
        RULE.id,
        Severity.WARNING if touched else Severity.NOTICE,
        f"The {word(row.resource_type)} {row.logical_id} was changed outside of its stack: "
        f"{', '.join([*told[:MOST_TOLD], *more])}.",
        row.logical_id,
        evidence=", ".join(path.removeprefix("/") for path, _, _ in moved[:MOST_TOLD]),
        hint="What stands before the arrow is what the stack made. Put into the template what shall stay."
        if touched
        else "Put into the template what shall stay: a deployment may leave it, or take it back.",
    )


def _gone(row: ResourceChange) -> Finding:
    what = f"{word(row.resource_type)} {row.logical_id}"
    if row.replacement != "False":
        said = f"The {what} is not there any more: it was deleted outside of its stack."
        return Finding(RULE.id, Severity.WARNING, said, row.logical_id, hint="Ask who did, and what became of it.")
    said = f"The deployment will fail: the {what} is to be updated, and was deleted outside of its stack."
    return Finding(RULE.id, Severity.DANGER, said, row.logical_id, hint=MADE_AGAIN, fails=True)


def _told(row: ResourceChange, path: str, expected: str, actual: str) -> str:
    name = path.removeprefix("/")
    if actual in NOTHING:
        return f"{name} is gone"
    if expected in NOTHING:
        return f"{name} was added"
    shown = at((row.before or {}).get("Properties"), map(unescape, path.split("/")[1:]))
    open_ = isinstance(shown, SCALAR) and scalar_text(shown) == expected
    if open_ and PLAIN.fullmatch(expected) and PLAIN.fullmatch(actual):
        return f"{name} is {actual}, not {expected}"
    return f"{name} is another"


def _tops(paths: Iterable[str]) -> set[str]:
    return {path.split("/")[1] for path in paths if path.startswith("/")}


RULE = Rule(
    "drifted",
    "It was changed by hand",
    "danger",
    "A resource that the deployment changes is not what its stack made of it. What it is changed from is then not what "
    "the templates say: a limit that somebody raised in a bad night goes down with a change that reads as an increase. "
    "What is not there any more cannot be updated. CloudFormation compares what the template sets, for the types that "
    "it can read; at most 50 resources are asked for. Texts are not shown: they may be secrets.",
    "CloudFormation user guide: Detect unmanaged configuration changes; API reference: DetectStackResourceDrift",
    asked,
    fails=True,
)
