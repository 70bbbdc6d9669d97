"""Limits of CloudFormation itself: the deployment will be refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review

SECTIONS = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
BYTES = 1_048_576
NEAR = 0.9
"""From here on it is worth a word."""


def find(review: Review) -> Iterator[Finding]:
    if review.change_set.empty:
        return
    for section, most in SECTIONS.items():
        yield from _limit(f"{section.lower()}", len(review.new.section(section)), most)
    if len(review.pairs) > SECTIONS["Resources"] // 4:  # a short template needs no measuring
        size = len(json.dumps(review.new.template, separators=(",", ":"), default=str).encode())
        yield from _limit("bytes", size, BYTES)


def _limit(what: str, number: int, most: int) -> Iterator[Finding]:
    if number > most:
        yield Finding(
            "limit-exceeded",
            Severity.DANGER,
            f"The deployment will fail: the template has {number:,} {what}, CloudFormation takes {most:,}.",
            evidence=f"{number:,} of {most:,} {what}",
            hint="Split the service in two, or move resources to a nested stack.",
        )
    elif number > most * NEAR:
        yield Finding(
            "limit-near",
            Severity.NOTICE,
            f"The template has {number:,} {what}; CloudFormation takes {most:,}.",
            evidence=f"{number:,} of {most:,} {what}",
        )


RULE = Rule(
    "limit-exceeded, limit-near",
    "A limit of CloudFormation",
    "danger",
    "CloudFormation takes 500 resources, 200 outputs, 200 parameters, 200 mappings and 1 MiB of template.",
    "CloudFormation user guide: Understand CloudFormation quotas",
    find,
)
