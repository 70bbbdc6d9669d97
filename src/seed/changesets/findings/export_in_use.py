"""An export that other stacks import goes or changes: the deployment will be refused."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.exports import exported
from seed.changesets.findings.moving import moving
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    if review.old is None:
        return
    was, now = exported(review.old), exported(review.new)
    for name in was:
        users = list(review.imported_by.get(name, ()))
        change = "goes" if name not in now else moving(review, was[name], now[name])
        if users and change:
            certain = change != "may change"
            yield Finding(
                "export-in-use",
                Severity.DANGER if certain else Severity.WARNING,
                f"The deployment {'will' if certain else 'may'} fail: the export {name} {change}, "
                f"but {listed(users)} {'imports' if len(users) == 1 else 'import'} it.",
                evidence=name,
                hint="Deploy the importing stacks without it first, or export the new value by another name.",
            )


RULE = Rule(
    "export-in-use",
    "An export that others import goes or changes",
    "danger",
    "CloudFormation refuses to remove or change an export that another stack imports. Who imports it is asked of the "
    "account.",
    "CloudFormation user guide: Outputs, Fn::ImportValue",
    find,
    fails=True,
)
