"""A resource with data loses its DeletionPolicy or UpdateReplacePolicy."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.data import HOLDS
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import policy_of
from seed.changesets.review import Review
from seed.changesets.words import word

STRENGTH = {"Delete": 0, "Snapshot": 1, "Retain": 2}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        kind = pair.resource_type
        if not (pair.before and pair.after and (kind in HOLDS or rules.stateful(kind))):
            continue
        for name in ("DeletionPolicy", "UpdateReplacePolicy"):
            was, now = (policy_of(side, kind, name) for side in (pair.before, pair.after))
            if STRENGTH.get(now, 0) < STRENGTH.get(was, 0):
                yield Finding(
                    "policy-weakened",
                    Severity.WARNING,
                    f"The {word(kind)} {pair.logical_id} is no longer protected: {name} goes from {was} to {now}.",
                    pair.logical_id,
                    evidence=f"{name}: {was} → {now}",
                    hint=f"Keep {name}: {was}, unless its data may go.",
                )


RULE = Rule(
    "policy-weakened",
    "A deletion policy is weakened",
    "warning",
    "The next removal or replacement would delete the data that the old policy kept.",
    "CloudFormation user guide: DeletionPolicy attribute, UpdateReplacePolicy attribute",
    find,
)
