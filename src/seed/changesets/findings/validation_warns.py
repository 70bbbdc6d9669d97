"""CloudFormation made the change set, and warns of something in it, or of what it could not find out itself."""

from __future__ import annotations

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity
from seed.changesets.words import word

MARK = "[WARN]"


def warned(resource_type: str, logical_id: str, reason: str, path: str) -> Finding:
    about = f" of the {word(resource_type)} {logical_id}" if logical_id else ""
    return Finding(
        RULE.id,
        Severity.WARNING,
        f"CloudFormation warns{about}: {reason.rstrip('.') or 'it does not say why'}.",
        logical_id,
        evidence=path,
        hint="Mend it before you confirm; the deployment may fail of it.",
    )


def warned_of_itself(reason: str) -> Finding:
    """What the change set says of its own making (its StatusReason, after `[WARN]`)."""
    return Finding(
        RULE.id,
        Severity.WARNING,
        f"CloudFormation warns: {reason.removeprefix(MARK).strip().rstrip('.')}.",
        hint="Read what it is about. Values that CloudFormation could not find out are those of Seed's own comparison.",
    )


RULE = Rule(
    "validation-warns",
    "CloudFormation's own validation warns",
    "warning",
    "CloudFormation validates a change set while it makes it. What would certainly fail makes the change set fail, and "
    "the promotion says why; what may fail (a bucket or an image repository that is not empty, a quota that is "
    "reached) is only a warning, which nobody sees who does not ask for it. So is what it could not find out itself, "
    "such as values of a resource that it cannot read: the change set is told with less than there is.",
    "CloudFormation user guide: Validate stack deployments; API reference: DescribeEvents, DescribeChangeSet",
    asked,
)
