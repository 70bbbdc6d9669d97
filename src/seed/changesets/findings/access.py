"""Somebody may do more than before."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.statements import DOCUMENTS, Permission, permissions, widened
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.words import counted, word

SHOWN = 20


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        kind = pair.resource_type
        if kind not in DOCUMENTS and kind != "AWS::Lambda::Permission":
            continue
        if pair.before is pair.after or pair.after is None:
            continue
        before, after = (permissions(kind, side) for side in pair.properties)
        more = widened(before, after)
        if more:
            yield from _findings(pair, more, new_stack=review.old is None)


def _findings(pair: Pair, more: list[Permission], *, new_stack: bool) -> Iterator[Finding]:
    evidence = "\n".join(str(one) for one in more[:SHOWN])
    if len(more) > SHOWN:
        evidence += f"\nand {len(more) - SHOWN} more"
    name = f"{word(pair.resource_type)} {pair.logical_id}"
    public = [one for one in more if one.public]
    sweeping = [one for one in more if one.sweeping]
    if public:
        yield Finding(
            "access-public",
            Severity.DANGER,
            f"Everybody may do {_what(public)} by the {name}.",
            pair.logical_id,
            evidence,
            hint="Name the principals, or add a condition.",
        )
    elif sweeping:
        on = sweeping[0].resource or "everything"
        yield Finding(
            "access-sweeping",
            Severity.DANGER,
            f"The {name} gives {_what(sweeping)} on {on}.",
            pair.logical_id,
            evidence,
            hint="Name the actions and the resources that are needed.",
        )
    elif pair.before is not None:
        yield Finding(
            "access-widened",
            Severity.WARNING,
            f"The {name} allows more: {_what(more)}.",
            pair.logical_id,
            evidence,
        )
    elif not new_stack and pair.resource_type != "AWS::Lambda::Permission":
        number = counted(len(more), "permission")
        yield Finding(
            "access-new", Severity.NOTICE, f"The new {name} gives {number}: {_what(more)}.", pair.logical_id, evidence
        )


def _what(more: list[Permission]) -> str:
    actions = list(dict.fromkeys(one.action or "everything" for one in more))
    shown = ", ".join(actions[:3])
    return shown + (f" and {len(actions) - 3} more" if len(actions) > len("abc") else "")


RULE = Rule(
    "access-public, access-sweeping, access-widened, access-new",
    "Access is widened",
    "danger",
    "A new action, a wider resource, a new principal, a dropped condition or a dropped denial lets somebody do what "
    "nobody agreed to yet. What is not known before the deployment counts as wider.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
