"""Rules that need an account: what they say is asked for when a promotion is planned, not read in templates."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review


def _nothing(_review: Review) -> Iterator[Finding]:
    """Templates do not tell."""
    return iter(())


ASKED: tuple[Rule, ...] = (
    Rule(
        "name-taken",
        "A name is taken",
        "danger",
        "A resource that is made anew brings a name that something in the account has already: CloudFormation fails to "
        "make it and rolls back. Asked for tables, buckets, queues, functions, roles, log groups, secrets, SSM "
        "parameters and image repositories.",
        "CloudFormation user guide: Name type; the Describe, Get and Head calls of each service",
        _nothing,
    ),
    Rule(
        "access-analyzed, access-not-analyzed",
        "IAM Access Analyzer's word on a changed policy",
        "warning",
        "Real accounts are asked whether the new policy allows what the old one did not. References that are only "
        "known after the deployment stand as placeholders. Where the account does not allow the question, that is "
        "said, and what the comparison found stands alone.",
        "IAM Access Analyzer API reference: CheckNoNewAccess",
        _nothing,
    ),
)
