"""IAM Access Analyzer's word on a changed policy."""

from __future__ import annotations

from collections.abc import Iterable

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.words import word


def analyzed(row: ResourceChange, *, new: bool, reasons: Iterable[str]) -> Finding:
    """`new`: it found access that the old policy did not give."""
    name = f"{word(row.resource_type)} {row.logical_id}"
    return Finding(
        RULE.id,
        Severity.WARNING if new else Severity.ROUTINE,
        f"IAM Access Analyzer {'confirms new access' if new else 'finds no new access'} by the {name}.",
        row.logical_id,
        "\n".join(reason for reason in reasons if reason),
        hint="Look at the evidence: is each of these needed?" if new else "",
    )


RULE = Rule(
    "access-analyzed",
    "IAM Access Analyzer's word on a changed policy",
    "warning",
    "Real accounts are asked whether the new policy allows what the old one did not. References that are only known "
    "after the deployment stand as placeholders.",
    "IAM Access Analyzer API reference: CheckNoNewAccess",
    asked,
)
