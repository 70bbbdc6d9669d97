"""What a reviewer must know. One rule, one file; `docs/review.md` lists them all."""

from __future__ import annotations

from seed.changesets.findings import (
    access,
    capacity,
    circle,
    data_lost,
    expires,
    exports,
    limits,
    missing,
    name_conflict,
    names,
    policy_weakened,
    protection,
    public,
    replaced,
    runtimes,
    tables,
    type_changed,
    unseen,
    unseen_inside,
)
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        data_lost,
        name_conflict,
        names,
        type_changed,
        missing,
        circle,
        tables,
        limits,
        exports,
        access,
        public,
        policy_weakened,
        protection,
        expires,
        replaced,
        runtimes,
        capacity,
        unseen_inside,
        unseen,
    )
)
"""In the order in which they are told within one severity."""


def find(review: Review) -> list[Finding]:
    return [finding for rule in RULES for finding in rule.find(review)]
