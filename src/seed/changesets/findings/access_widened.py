"""Somebody may do more than before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.widening import widenings
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import same, show
from seed.changesets.words import listed, word


def find(review: Review) -> Iterator[Finding]:
    for one in widenings(review, "widened", "undenied"):
        if one.kind == "undenied":
            sentence = f"The {one.name} goes, and with it the denial of {one.what}."
        elif one.unfenced:
            sentence = f"The policy of the {one.name} no longer holds anybody back."
        elif all(permission.effect == "Deny" for permission in one.told):
            sentence = f"The {one.name} no longer denies all that it did: {one.what}."
        else:
            sentence = f"The {one.name} allows more: {one.what}{one.who}."
        yield one.finding(RULE.id, Severity.WARNING, sentence, HINT)
    for pair in review.pairs.values():
        if pair.rows and pair.before and pair.after:
            said = [*_unbounded(pair), *_given_to(pair)]
            name = f"The {word(pair.resource_type)} {pair.logical_id}"
            yield from (
                Finding(RULE.id, Severity.WARNING, f"{name} {what}.", pair.logical_id, evidence, hint=HINT)
                for what, evidence in said
            )


def _unbounded(pair: Pair) -> Iterator[tuple[str, str]]:
    """What a boundary kept from it counts from now on."""
    was, now = (side.get(BOUNDARY) for side in pair.properties)
    if pair.resource_type in BOUNDED and was and not same(was, now):
        what = "gets another permissions boundary" if now else "loses its permissions boundary"
        yield what, f"{BOUNDARY}: {show(was)} → {show(now) if now else 'not set'}"


def _given_to(pair: Pair) -> Iterator[tuple[str, str]]:
    """Others than before may do what a policy, or a group, allows."""
    for key in HOLDERS.get(pair.resource_type, ()):
        was, now = (
            [show(one) for one in found] if isinstance(found := side.get(key), list) else [] for side in pair.properties
        )
        if new := [one for one in now if one not in was]:
            yield f"is given to {listed(new)} too", f"{key}: {', '.join(new)}"


def _names(value: Any) -> list[str]:
    return [show(one) for one in value] if isinstance(value, list) else []


HINT = "Look at the evidence: is each of these needed?"
BOUNDARY = "PermissionsBoundary"
BOUNDED = frozenset(["AWS::IAM::Role", "AWS::IAM::User"])
HOLDERS = {
    "AWS::IAM::Policy": ("Roles", "Users", "Groups"),
    "AWS::IAM::ManagedPolicy": ("Roles", "Users", "Groups"),
    "AWS::IAM::UserToGroupAddition": ("Users",),
    "AWS::RAM::ResourceShare": ("Principals",),
}


RULE = Rule(
    "access-widened",
    "Access is widened",
    "warning",
    "A new action, a wider resource, a new principal, a dropped condition or a dropped denial lets somebody do what "
    "nobody agreed to yet; so do a permissions boundary that goes and a policy that is given to one more. The policies "
    "of a REST API, of a network's endpoint and of a file system only hold back: there it is one that goes. What is "
    "not known before the deployment counts as wider.",
    "IAM user guide: Policies and permissions; IAM security best practices (least privilege)",
    find,
)
