"""A custom resource is to be made by somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import show

TOKEN = "ServiceToken"  # noqa: S105, the name of a property
PATH = f"/Properties/{TOKEN}"


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        custom = pair.resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
        if not custom or pair.old_type != pair.resource_type or pair.after is None:
            continue
        rows = [row for row in pair.rows if row.path == PATH and not row.routine and row.evaluation == "Static"]
        if rows:
            was, now = (show(side.get(TOKEN)) for side in pair.properties)
            yield Finding(
                RULE.id,
                Severity.WARNING,
                f"The custom resource {pair.logical_id} gets another ServiceToken: the deployment may fail.",
                pair.logical_id,
                evidence=f"{TOKEN}: {was} → {now}" if was != now else f"{rows[0].causing_entity} is made anew",
                hint="Keep the function of the old one, or give the custom resource another logical id.",
            )


RULE = Rule(
    "service-token",
    "A custom resource gets another maker",
    "warning",
    "Who makes a custom resource is settled with it: CloudFormation refuses another ServiceToken (“Modifying service "
    "token is not allowed”), also where the function behind it is made anew.",
    "CloudFormation: AWS::CloudFormation::CustomResource, ServiceToken",
    find,
)
