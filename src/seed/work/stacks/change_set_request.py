"""What is asked of CloudFormation for a package."""

from __future__ import annotations

from seed.aws.port import Cloud
from seed.aws.values import ChangeSetRequest, Stack
from seed.packages import Package
from seed.variables.inject import sealed_mark
from seed.work.stacks.deployed import adopted, deployed_template


def request_for(cloud: Cloud, package: Package, name: str, before: Stack | None) -> ChangeSetRequest:
    """The package as it is sent to this stack: ids and layers that it has are kept."""
    running = None if before is None or before.is_new else before
    return ChangeSetRequest(
        stack_name=package.stack_name,
        name=name,
        kind="UPDATE" if running else "CREATE",
        template=adopted(cloud, package, running, deployed_template(cloud, package)) if running else package.template,
        parameters=given(package, before),
        previous=tuple(sorted(package.parameters.keys() - given(package, before).keys())),
        tags=package.tags,
        capabilities=package.capabilities,
        role_arn=package.settings.role_arn,
        notification_arns=package.settings.notification_arns,
        rollback=package.settings.rollback_configuration,
        description=f"Made by Seed of the package {package.digest}",
    )


def given(package: Package, before: Stack | None) -> dict[str, str]:
    """The parameters to send. A secret's parameter is named after its version: one that is there holds it already."""
    there = before.parameters if before is not None and not before.is_new else {}
    return {name: value for name, value in package.parameters.items() if not (name in there and sealed_mark(value))}
