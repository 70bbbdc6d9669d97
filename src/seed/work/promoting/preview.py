"""Plan a service before the phase that it imports from has run; and look again once that phase has.

CloudFormation cannot make a change set that imports an export which does not exist yet. Such a service is shown
by our own comparison, marked as a preview. In its turn its real change set is made: where that holds nothing
beyond the preview it is executed, else nobody has confirmed it, and it waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from seed.aws.errors import check_updatable
from seed.aws.port import Cloud
from seed.builds.phases import in_phases
from seed.builds.records import ServiceBuild
from seed.changesets import Finding, Pseudo, Severity, from_json, parse_template, to_json
from seed.changesets.crossing import exports_of, imports_of, output_of
from seed.errors import Conflict, SeedError
from seed.packages import Package
from seed.promotions.covered import PREVIEW, not_covered
from seed.promotions.records import Promotion, ServicePlan
from seed.work.logs.log import LogWriter
from seed.work.rows import move_service, step
from seed.work.secrets import stored_secrets
from seed.work.stacks.baseline import baseline_of
from seed.work.stacks.compared import compared
from seed.work.stacks.discard_change_set import discard_change_set
from seed.work.stacks.execute import PLUGINS
from seed.work.stacks.plan_stack import StackPlan, plan_stack
from seed.work.stacks.upload import upload
from seed.work.world import World

MOST_NAMED = 5


class ImportTooEarly(Conflict):
    """A service imports what one of the same or a later phase will only export."""

    code = "import-too-early"


class SecondReview(SeedError):
    """The real change set of a service holds what nobody has confirmed."""

    code = "second-review"
    status = 409


def promised(cloud: Cloud, promotion: Promotion, packages: Mapping[int, Package]) -> dict[int, dict[str, str]]:
    """Plan id → the imports that do not exist yet, each with the service of an earlier phase that will export it."""
    rows = [row for row in promotion.plans if row.id in packages]
    exports = {row.id: _new_exports(cloud, packages[row.id]) for row in rows}
    wanted: dict[int, dict[str, str]] = {}
    if not any(exports.values()):
        return wanted
    earlier: dict[str, str] = {}
    for phase, group in in_phases(rows, lambda row: row.service.phase, back=promotion.kind == "rollback"):
        here = {name: row.service.name for row in group for name in exports[row.id]}
        for row in group:
            imports = imports_of(*_facts(cloud, packages[row.id])) - exports[row.id]
            early = sorted(imports & here.keys() - earlier.keys())
            if early:
                raise ImportTooEarly(
                    f"{row.service.name} imports {early[0]}, which {here[early[0]]} of the same phase {phase} will only"
                    " export.",
                    hint=f"Put {row.service.name} into a later phase.",
                    where=row.service.name,
                )
            found = {name: earlier[name] for name in sorted(imports & earlier.keys())}
            if found:
                wanted[row.id] = found
        earlier |= here
    return wanted


def plan_preview(world: World, cloud: Cloud, package: Package, name: str, missing: Mapping[str, str]) -> StackPlan:
    """Our own comparison; a real change set cannot be made yet."""
    upload(cloud, package, world.store, lambda _text: None)
    stack = cloud.stack(package.stack_name)
    check_updatable(stack, package.stack_name)
    changes = compared(cloud, package, stack, stored_secrets(world))
    after = " and ".join(sorted(set(missing.values())))
    said = Finding(
        PREVIEW,
        Severity.NOTICE,
        f"This is a preview: CloudFormation makes the change set once {after} has been deployed.",
        evidence=f"imports {', '.join(missing)}",
        hint="It is deployed only if it then holds nothing but this; anything else waits for a second review.",
    )
    return StackPlan(
        stack_name=package.stack_name,
        stack_id=stack.stack_id if stack else "",
        change_set_name=name,
        change_set_arn="",
        method=PREVIEW,
        baseline=baseline_of(cloud, stack),
        changes=to_json(replace(changes, findings=(said, *changes.findings)), contexts=True),
    )


def look_again(world: World, cloud: Cloud, promotion: Promotion, row: ServiceBuild, writer: LogWriter) -> ServiceBuild:
    """The row with its real change set, or ended: unchanged, or waiting for a second review."""
    row = move_service(world, row.id, "check")
    with step(world, row.id, "plan", writer):
        with world.database.read() as session:
            query = sa.select(ServicePlan).where(
                ServicePlan.promotion_id == promotion.id, ServicePlan.service_id == row.service_id
            )
            confirmed = session.scalars(query).one()
        package = world.store.get_package(row.package_digest)
        moved = baseline_of(cloud, cloud.stack(row.stack_name)) != (confirmed.baseline or {})
        real = plan_stack(
            cloud, package, world.store, row.change_set_name, local=promotion.target_stage.account.kind == "local",
            say=writer.write, secrets=stored_secrets(world), reviewed=True,
        )  # fmt: skip
        beyond = not_covered(from_json(confirmed.changes or {}), from_json(real.changes))
    if moved:
        beyond = [f"{row.stack_name} was changed after the review was made", *beyond]
    if beyond:
        return _wait(world, cloud, row, writer, beyond)
    writer.write("The real change set holds nothing but what was confirmed.")
    if real.unchanged and not package.plugins:
        return move_service(world, row.id, "unchanged", reason="nothing to change", changes=real.changes)
    facts = {
        "method": PLUGINS if real.unchanged else real.method,
        "change_set_arn": real.change_set_arn,
        "stack_id": real.stack_id,
    }
    return move_service(world, row.id, "package", changes=real.changes, **facts)


def waits(row: ServiceBuild) -> bool:
    """Whether a row was kept back for a second review."""
    return row.state == "skipped" and (row.failure or {}).get("code") == SecondReview.code


def wait_too(world: World, cloud: Cloud, row: ServiceBuild) -> None:
    """A service of a later phase: what it comes after has not run, so it is planned again with it."""
    discard_change_set(cloud, row.stack_name, row.change_set_name)
    said = SecondReview("An earlier phase waits for a second review.", where=row.stack_name)
    move_service(world, row.id, "skip", reason="waits for a second review", failure=said.as_dict())


def _wait(world: World, cloud: Cloud, row: ServiceBuild, writer: LogWriter, beyond: Sequence[str]) -> ServiceBuild:
    more = f" and {len(beyond) - MOST_NAMED} more" if len(beyond) > MOST_NAMED else ""
    said = SecondReview(
        f"Its real change set holds what nobody has confirmed: {'; '.join(beyond[:MOST_NAMED])}{more}.",
        hint="It is not deployed. Read and confirm the second review.",
        where=row.stack_name,
    )
    writer.write(f"✗ {said.sentence}")
    discard_change_set(cloud, row.stack_name, row.change_set_name)
    return move_service(world, row.id, "skip", reason="waits for a second review", failure=said.as_dict())


def _new_exports(cloud: Cloud, package: Package) -> frozenset[str]:
    stack = cloud.stack(package.stack_name)
    there = [*stack.exports, *(output_of(stack.name, name) for name in stack.outputs)] if stack else []
    return exports_of(*_facts(cloud, package)) - frozenset(there)


def _facts(cloud: Cloud, package: Package) -> tuple[dict[str, object], Mapping[str, str], Pseudo]:
    pseudo = Pseudo(region=cloud.region, account=cloud.identity().account, stack_name=package.stack_name)
    return parse_template(package.template), package.parameters, pseudo
