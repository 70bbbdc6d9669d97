"""A template without any resource."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import macros
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    if review.gone or review.new.known or macros(review):  # a macro may make resources
        return
    if review.old is not None and not review.old.known:
        return  # nothing is deployed, so nothing is refused
    yield Finding(
        RULE.id,
        Severity.DANGER,
        "The deployment will fail: the template has no resource, and CloudFormation wants at least one.",
        hint="Leave a resource in it." if review.old is None else "To remove everything, remove the stack instead.",
    )


RULE = Rule(
    "nothing-left",
    "A template without resources",
    "danger",
    "CloudFormation refuses it (“At least one Resources member must be defined”): a stack goes only as a whole. Those "
    "that their conditions leave out count as defined.",
    "CloudFormation user guide: Template sections, Resources; DeleteStack",
    find,
    fails=True,
)
