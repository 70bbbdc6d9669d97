"""A user pool is to change what it was made with for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import objects
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import same, show
from seed.changesets.words import listed

POOL = "AWS::Cognito::UserPool"
FOR_GOOD = ("UsernameAttributes", "AliasAttributes")


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.resource_type == pair.old_type == POOL and pair.rows and pair.before and pair.after:
            for what, evidence in (*_attributes(pair), *_sign_in(pair)):
                yield Finding(
                    RULE.id,
                    Severity.DANGER,
                    f"The deployment will fail: the user pool {pair.logical_id} cannot {what} once it is made.",
                    pair.logical_id,
                    evidence=evidence,
                    hint="Leave it as it was: only another pool, without the users of this one, can have it otherwise.",
                )


def _attributes(pair: Pair) -> Iterator[tuple[str, str]]:
    """Each by its name; new ones may be added."""
    was, now = (_by_name(side.get("Schema")) for side in pair.properties)
    moved = [name for name, one in was.items() if name not in now or not same(one, now[name])]
    if moved and all(isinstance(side.get("Schema"), list) for side in pair.properties):
        several = "s" if len(moved) > 1 else ""
        yield f"change or lose its attribute{several} {listed(moved)}", f"Schema: {', '.join(moved)}"


def _by_name(schema: Any) -> dict[str, dict[str, Any]]:
    return {show(one.get("Name", "")): one for one in objects(schema)}


def _sign_in(pair: Pair) -> Iterator[tuple[str, str]]:
    for key in FOR_GOOD:
        was, now = (_sorted(side.get(key)) for side in pair.properties)
        if was != now:
            yield f"change its {key}", f"{key}: {', '.join(was) or 'none'} → {', '.join(now) or 'none'}"


def _sorted(value: Any) -> list[str]:
    return sorted(map(show, value)) if isinstance(value, list) else []


RULE = Rule(
    "pool-fixed",
    "A user pool cannot change this",
    "danger",
    "Attributes can be added to a user pool, and never be changed or taken away; by what people sign in is settled "
    "when it is made. Cognito refuses the update.",
    "CloudFormation: AWS::Cognito::UserPool, Schema, UsernameAttributes, AliasAttributes",
    find,
    fails=True,
)
