"""Only the functions that changed: on development stages that ask for it, new code goes straight to Lambda.

Only where the template and everything around it are what is deployed. Which functions need new code is asked of
Lambda itself, so doing it twice is doing it once. CloudFormation does not hear of it: the row remembers that code
is ahead, and the next full deployment first sets those functions back to what CloudFormation believes, where it
would leave them alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import DEVELOPMENT
from seed.aws.port import Cloud
from seed.aws.values import Stack
from seed.builds.find import ended_well
from seed.builds.records import Build, ServiceBuild
from seed.changesets import ChangeSet, Finding, PropertyChange, ResourceChange, Severity, parse_template, to_json
from seed.packages import Package
from seed.packages.code_only import code_keys, same_but_code
from seed.packages.versions import FUNCTION
from seed.variables.inject import sealed_mark
from seed.work.logs.log import LogWriter
from seed.work.rows import move_service
from seed.work.stacks.deployed import adopted, deployed_template
from seed.work.stacks.execute import Deployed
from seed.work.stacks.stack_settings import policy_change
from seed.work.stacks.upload import upload
from seed.work.world import World

METHOD = "code"
AT_ONCE = 10
STEADY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


@dataclass(frozen=True, slots=True)
class NewCode:
    """A function whose code is not that of the package."""

    logical_id: str
    physical_id: str
    key: str
    before: str
    """CodeSha256 of what runs."""


@dataclass(frozen=True, slots=True)
class CodePlan:
    functions: tuple[NewCode, ...]
    stack: Stack
    ahead: bool
    """Whether CloudFormation will believe other code than what runs."""


def code_plan(world: World, cloud: Cloud, run: Build, row: ServiceBuild, package: Package) -> CodePlan | None:
    """None where a whole deployment is needed."""
    stage = run.stage
    if not stage.functions_only or stage.kind != DEVELOPMENT or run.forced:
        return None
    with world.database.read() as session:
        if not ended_well(session, run.stage_id, row.service_id, before=run.number):
            return None
    stack = cloud.stack(package.stack_name)
    if stack is None or stack.status not in STEADY or not _same_around(stack, package):
        return None
    deployed = deployed_template(cloud, package)
    packaged = parse_template(adopted(cloud, package, stack, deployed))
    if not code_keys(packaged) or not same_but_code(deployed, packaged) or policy_change(cloud, package):
        return None
    functions = tuple(differing(cloud, package))
    return CodePlan(functions, stack, ahead=code_keys(deployed) != code_keys(packaged))


def facts_of(plan: CodePlan, package: Package) -> dict[str, object]:
    """What the row keeps before anything is touched. `code_ahead` may prove too careful, never too careless."""
    names = ", ".join(one.logical_id for one in plan.functions)
    rows = tuple(
        ResourceChange(
            one.logical_id,
            FUNCTION,
            "Modify",
            physical_id=one.physical_id,
            properties=(PropertyChange("/Properties/Code", before=one.before, after=_code(package, one.logical_id)),),
        )
        for one in plan.functions
    )
    said = (
        ()
        if not plan.functions
        else (
            Finding(
                "code-ahead",
                Severity.NOTICE,
                f"New code went to Lambda directly, CloudFormation does not know of it: {names}.",
                hint="A forced build deploys everything through CloudFormation.",
            ),
        )
    )
    return {
        "package_digest": package.digest,
        "framework": package.framework,
        "stack_name": package.stack_name,
        "stack_id": plan.stack.stack_id,
        "method": METHOD,
        "code_ahead": plan.ahead or bool(plan.functions),
        "changes": to_json(ChangeSet(package.stack_name, new_stack=False, resources=rows, findings=said)),
    }


def deploy_code(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter) -> Deployed:
    """Lambda is asked again which functions differ, so it can be begun anew at any point."""
    row = move_service(world, row.id, "deploy")
    package = world.store.get_package(row.package_digest)
    update(world, cloud, package, tuple(differing(cloud, package)), writer.write)
    stack = cloud.stack(package.stack_name)
    deployed = deployed_template(cloud, package)
    ahead = code_keys(deployed) != code_keys(parse_template(package.template))
    outputs = dict(stack.outputs) if stack else {}
    return Deployed(row, outputs, ahead)


def catch_up(world: World, cloud: Cloud, package: Package, writer: LogWriter) -> list[str]:
    """Before a whole deployment: functions that CloudFormation would leave alone get the code it believes they have."""
    believed = code_keys(deployed_template(cloud, package))
    keys = code_keys(parse_template(package.template))
    same = {name for name, key in keys.items() if believed.get(name) == key}
    behind = tuple(one for one in differing(cloud, package) if one.logical_id in same)
    if behind:
        writer.write("These ran code that CloudFormation does not know of, and get the template's again:")
        update(world, cloud, package, behind, writer.write)
    return [one.logical_id for one in behind]


def is_ahead(session: Session, run: Build, row: ServiceBuild) -> bool:
    """Whether code has gone past CloudFormation since the last whole deployment; also by a build that then failed."""
    query = (
        sa.select(ServiceBuild.code_ahead)
        .join(Build, Build.id == ServiceBuild.build_id)
        .where(
            ServiceBuild.stage_id == run.stage_id,
            ServiceBuild.service_id == row.service_id,
            Build.number < run.number,
            sa.or_(ServiceBuild.code_ahead, ServiceBuild.state == "succeeded"),
        )
        .order_by(Build.number.desc())
        .limit(1)
    )
    return bool(session.scalar(query))


def update(
    world: World, cloud: Cloud, package: Package, functions: tuple[NewCode, ...], say: Callable[[str], None]
) -> None:
    """Side by side; all are waited for, then the first failure is raised."""
    upload(cloud, package, world.store, say)

    def one(new: NewCode) -> None:
        cloud.update_code(new.physical_id, new.key)
        say(f"{'CODE_UPDATED':<28} {FUNCTION:<34} {new.logical_id}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(one, new) for new in functions]
    for answer in asked:
        answer.result()


def differing(cloud: Cloud, package: Package) -> list[NewCode]:
    """The functions of the stack whose code is not that of the package, as Lambda tells it."""
    codes = {name: asset for asset in package.assets for name in asset.used_by}
    keys = code_keys(json.loads(package.template))
    wanted = [
        resource
        for resource in cloud.resources(package.stack_name)
        if resource.resource_type == FUNCTION and resource.logical_id in codes and resource.logical_id in keys
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = list(pool.map(lambda resource: cloud.code_sha256(resource.physical_id) or "", wanted))
    return [
        NewCode(resource.logical_id, resource.physical_id, keys[resource.logical_id], runs)
        for resource, runs in zip(wanted, running, strict=True)
        if runs != codes[resource.logical_id].code_sha256
    ]


def _same_around(stack: Stack, package: Package) -> bool:
    return dict(stack.tags) == dict(package.tags) and _given(stack.parameters, package.parameters)


def _given(now: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """A parameter that AWS does not tell (`****`) is not known to be the same."""
    return all(
        name in now if sealed_mark(value) else now.get(name) == value  # its name holds the version
        for name, value in wanted.items()
    )


def _code(package: Package, logical_id: str) -> str:
    return next((asset.code_sha256 for asset in package.assets if logical_id in asset.used_by), "")
