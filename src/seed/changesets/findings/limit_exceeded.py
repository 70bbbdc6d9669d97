"""More than CloudFormation takes: the deployment will be refused."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.findings.sizes import sizes
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    if review.change_set.empty:
        return
    for what, number, most in sizes(review.new):
        if number > most:
            yield Finding(
                "limit-exceeded",
                Severity.DANGER,
                f"The deployment will fail: the template has {number:,} {what}, CloudFormation takes {most:,}.",
                evidence=f"{number:,} of {most:,} {what}",
                hint="Split the service in two, or move resources to a nested stack.",
            )


RULE = Rule(
    "limit-exceeded",
    "A limit of CloudFormation is exceeded",
    "danger",
    "CloudFormation takes 500 resources, 200 outputs, 200 parameters, 200 mappings and 1 MiB of template.",
    "CloudFormation user guide: Understand CloudFormation quotas",
    find,
    fails=True,
)
