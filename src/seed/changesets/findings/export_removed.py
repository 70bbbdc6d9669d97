"""An export goes, and nobody knows who imports it."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.exports import shown
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    if review.old is None:
        return
    now = shown(review.new)
    for name in shown(review.old):
        if name not in now and not review.imported_by.get(name):
            yield Finding(
                "export-removed",
                Severity.NOTICE,
                f"The export {name} goes: if another stack imports it, the deployment fails.",
                evidence=name,
                hint="aws cloudformation list-imports tells who imports it.",
            )


RULE = Rule(
    "export-removed",
    "An export is removed",
    "notice",
    "CloudFormation refuses to remove an export that another stack imports.",
    "CloudFormation user guide: Outputs, Fn::ImportValue",
    find,
)
