"""A resource with a name of its own must be replaced: CloudFormation will refuse."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import same, show
from seed.changesets.words import word


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        key = rules.name_property(row.resource_type)
        pair = review.pairs.get(row.logical_id)
        if row.replacement == "False" or row.routine or not key or pair is None:
            continue
        before, after = (side.get(key) for side in pair.properties)
        if after is None or not same(before, after):
            continue
        certain = row.replacement == "True"
        causes = [c.path.removeprefix("/Properties/") for c in row.properties if c.recreation != "Never"]
        yield Finding(
            "name-conflict",
            Severity.DANGER if certain else Severity.WARNING,
            f"The deployment {'will' if certain else 'may'} fail: the {word(row.resource_type)} {row.logical_id} "
            f"{'must' if certain else 'may have to'} be replaced, but keeps its {key} {show(after)}.",
            row.logical_id,
            evidence=", ".join(dict.fromkeys(causes)),
            hint=f"Change {key} in the same deployment, or leave it out so that CloudFormation makes one.",
        )


RULE = Rule(
    "name-conflict",
    "A custom-named resource needs replacement",
    "danger",
    "CloudFormation makes the new resource before it deletes the old one, so both would need the same name: it "
    "stops with “cannot update a stack when a custom-named resource requires replacing” and rolls back.",
    "CloudFormation user guide: Name type; Troubleshooting",
    find,
    fails=True,
)
