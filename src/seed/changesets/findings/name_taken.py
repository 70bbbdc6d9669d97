"""A resource that is made anew brings a name that something in the account has already."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.words import word


def taken(row: ResourceChange, key: str, name: str) -> Finding:
    """What is said when the account has that name."""
    kind = word(row.resource_type)
    return Finding(
        RULE.id,
        Severity.DANGER,
        f"The deployment will fail: {kind} {row.logical_id} is to be named {name}, and the account has a {kind} of "
        "that name already.",
        row.logical_id,
        evidence=f"{key}: {name}",
        hint="Give it another name, import the one that is there into the stack, or remove that first.",
        fails=True,
    )


RULE = Rule(
    "name-taken",
    "A name is taken",
    "danger",
    "A resource that is made anew brings a name that something in the account has already: CloudFormation fails to "
    "make it and rolls back. Asked for tables, buckets, queues, functions, roles, log groups, secrets, SSM parameters "
    "and image repositories.",
    "CloudFormation user guide: Name type; the Describe, Get and Head calls of each service",
    asked,
    fails=True,
)
