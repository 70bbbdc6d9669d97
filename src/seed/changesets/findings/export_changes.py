"""An export gets another value, and nobody knows who imports it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.exports import exported
from seed.changesets.findings.moving import moving
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import references


def find(review: Review) -> Iterator[Finding]:
    if review.old is None:
        return
    was, now = exported(review.old), exported(review.new)
    for name in (one for one in was if one in now):
        change = moving(review, was[name], now[name])
        if change and not review.imported_by.get(name) and not _routine(review, was[name], now[name]):
            yield Finding(
                "export-changes",
                Severity.NOTICE,
                f"The export {name} {change}: if another stack imports it, the deployment fails.",
                evidence=f"Outputs/{now[name][0]}",
                hint="aws cloudformation list-imports tells who imports it.",
            )


def _routine(review: Review, *sides: tuple[str, Any]) -> bool:
    """The Arn of the newest version of a function is exported by frameworks, and moves with every deployment."""
    calm = {row.logical_id for row in review.change_set.resources if row.routine}
    sources = {source for _, value in sides for _, source, _attribute in references(value)}
    return bool(sources) and sources <= calm


RULE = Rule(
    "export-changes",
    "An export changes",
    "notice",
    "CloudFormation refuses to change the value of an export that another stack imports.",
    "CloudFormation user guide: Outputs, Fn::ImportValue",
    find,
)
