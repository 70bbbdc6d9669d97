"""CloudFormation's own answer and the comparison of the templates differ."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.words import listed, word

COUNTS = "What CloudFormation says is what happens: look for what changed outside of the template."
ONLY_OURS = "not in CloudFormation's answer, but the templates differ"
ONLY_THEIRS = "only in CloudFormation's answer: the templates do not show why"


def disagreement(ours: ResourceChange, aws: ResourceChange) -> Finding:
    """Both have the row, and another action or replacement."""
    said, meant = (f"{row.action}, replacement {row.replacement}" for row in (aws, ours))
    return Finding(
        RULE.id,
        Severity.NOTICE,
        f"CloudFormation and the templates differ on {ours.logical_id}; CloudFormation counts.",
        ours.logical_id,
        evidence=f"CloudFormation: {said}; templates: {meant}",
        hint=COUNTS,
    )


def unexplained(row: ResourceChange, paths: list[str]) -> Finding:
    """Both have the row, and one of them changes more of it."""
    names = list(dict.fromkeys(path.removeprefix("/Properties/").strip("/") for path in paths))
    return Finding(
        RULE.id,
        Severity.NOTICE,
        f"CloudFormation changes {listed(names)} of {row.logical_id} too: the templates do not show why.",
        row.logical_id,
        evidence="\n".join(names),
        hint=COUNTS,
    )


def only(row: ResourceChange, why: str) -> Finding:
    """One of them has the row."""
    return Finding(
        RULE.id,
        Severity.NOTICE,
        f"The {word(row.resource_type)} {row.logical_id} is {why}.",
        row.logical_id,
        evidence=f"{row.action}, replacement {row.replacement}",
        hint=COUNTS if why == ONLY_THEIRS else "Look whether somebody changed it by hand, or a macro does.",
    )


RULE = Rule(
    "sources-disagree",
    "CloudFormation and the templates disagree",
    "notice",
    "On a real account CloudFormation's answer counts and each row names its source. Where the comparison of the "
    "templates comes to another action or replacement, only one of them has a row, or CloudFormation certainly changes "
    "a property of which the templates say nothing, that is told.",
    "CloudFormation API reference: DescribeChangeSet, ResourceChange",
    asked,
)
