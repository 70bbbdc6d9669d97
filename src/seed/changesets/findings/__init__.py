"""What a reviewer must know. One rule, one file; `docs/review.md` lists them all."""

from __future__ import annotations

from seed.changesets.findings import (
    access,
    data_lost,
    exports,
    missing,
    name_conflict,
    policy_weakened,
    protection,
    public,
    replaced,
    type_changed,
    unseen,
)
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        data_lost,
        name_conflict,
        type_changed,
        missing,
        exports,
        access,
        public,
        policy_weakened,
        protection,
        replaced,
        unseen,
    )
)


def find(review: Review) -> list[Finding]:
    return [finding for rule in RULES for finding in rule.find(review)]
