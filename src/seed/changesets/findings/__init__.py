"""What a reviewer must know. One rule, one file; `docs/review.md` lists them all."""

from __future__ import annotations

from seed.changesets.evaluate import World
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
    parameters,
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
from seed.changesets.model import ChangeSet, Finding
from seed.changesets.review import Review

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        data_lost,
        name_conflict,
        names,
        type_changed,
        missing,
        parameters,
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


OF_ROWS: tuple[Rule, ...] = (data_lost.RULE, replaced.RULE)
"""Those that look at nothing but rows: they are asked again when AWS's answer changes what happens to a row."""


def find_in_rows(change_set: ChangeSet) -> list[Finding]:
    """The findings of a merged change set: what its rows say, and what was found in the templates."""
    review = Review(change_set, None, World({}))
    again = [finding for rule in OF_ROWS for finding in rule.find(review)]
    ids = {name for rule in OF_ROWS for name in rule.id.split(", ")}
    return again + [finding for finding in change_set.findings if finding.rule not in ids]


def find(review: Review) -> list[Finding]:
    return [finding for rule in RULES for finding in rule.find(review)]
