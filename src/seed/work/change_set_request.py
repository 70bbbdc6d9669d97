"""What is asked of CloudFormation for a package."""

from __future__ import annotations

from seed.aws.port import ChangeSetRequest, Cloud, Stack
from seed.packages import Package, adopt
from seed.variables.inject import sealed_mark
from seed.work.deployed import deployed_template


def request_for(cloud: Cloud, package: Package, name: str, before: Stack | None) -> ChangeSetRequest:
    """The package as it is sent to this stack: ids that the stack generated before are kept."""
    new = before is None or before.is_new
    return ChangeSetRequest(
        stack_name=package.stack_name,
        name=name,
        kind="CREATE" if new else "UPDATE",
        template=package.template if new else adopt(package.template, deployed_template(cloud, package)),
        parameters=given(package, before),
        previous=tuple(sorted(package.parameters.keys() - given(package, before).keys())),
        tags=package.tags,
        capabilities=package.capabilities,
        role_arn=package.settings.role_arn,
        notification_arns=package.settings.notification_arns,
        rollback=package.settings.rollback_configuration,
    )


def given(package: Package, before: Stack | None) -> dict[str, str]:
    """The parameters to send. A secret's parameter is named after its version: one that is there holds it already."""
    there = before.parameters if before is not None and not before.is_new else {}
    return {name: value for name, value in package.parameters.items() if not (name in there and sealed_mark(value))}
