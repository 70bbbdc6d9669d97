"""One service of a build: its package, the plan of its stack, and the deployment, each told by its row."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from seed.aws.port import Cloud
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.errors import Cancelled, SeedError
from seed.packages import Package
from seed.work import rows
from seed.work.commands.hooked import after_deploying, before_deploying, deploy_hooks, run_hook
from seed.work.commands.hooks import Hooks
from seed.work.commands.unit_tests import run_tests, wants_tests
from seed.work.logs.log import LogWriter
from seed.work.logs.open_log import open_log
from seed.work.packaging.make_package import make_package
from seed.work.packaging.packagers import Workbench
from seed.work.runner import each_note_once
from seed.work.secrets import stored_secrets
from seed.work.source.checkout import Job
from seed.work.stacks.deploy_code import METHOD as CODE
from seed.work.stacks.deploy_code import catch_up, code_plan, deploy_code, facts_of, is_ahead
from seed.work.stacks.discard_change_set import discard_change_set
from seed.work.stacks.execute import deploy, finish
from seed.work.stacks.plan_stack import StackPlan, plan_stack
from seed.work.stacks.try_again import clear_away
from seed.work.stacks.whose_stack import must_be_its_own
from seed.work.world import World


def run_service(world: World, cloud: Cloud, run: Build, bench: Workbench, row: ServiceBuild, hooks: Hooks) -> None:
    writer = open_log(world, world.folders.log(row.id), cloud, run.stage, [row.service], run.id)
    job = Job(each_note_once(writer.write), lambda: rows.cancel_asked(world, run.id), writer.masked)
    try:
        if row.state != "deploying":
            row = _package_and_plan(world, cloud, run, bench, row, writer, job, hooks)
        if row.state not in ENDED:
            if job.cancelled():
                raise Cancelled("Cancelled before it was deployed.")
            package = world.store.get_package(row.package_digest)
            if row.state != "deploying":
                before_deploying(world, hooks, row, package, writer, job)
            with rows.step(world, row.id, "deploy", writer):
                done = (deploy_code if row.method == CODE else deploy)(world, cloud, row, writer)
            after_deploying(world, cloud, hooks, run.stage, row, package, writer, job)
            finish(world, done)
    except Exception as error:  # noqa: BLE001, told by the row
        _discard_what_waits(world, cloud, row.id)
        rows.fail_service(world, row.id, error, writer)
    finally:
        writer.close()


def _discard_what_waits(world: World, cloud: Cloud, row_id: int) -> None:
    """A change set that was made for it and will not be executed any more, and a stack that only held it."""
    with world.database.read() as session:
        row = session.get_one(ServiceBuild, row_id)
    if row.change_set_arn and not row.begun:
        with suppress(SeedError):  # what went wrong before is what is told
            discard_change_set(cloud, row.stack_name, row.change_set_name)


def _package_and_plan(
    world: World, cloud: Cloud, run: Build, bench: Workbench, row: ServiceBuild, writer: LogWriter, job: Job,
    hooks: Hooks,
) -> ServiceBuild:  # fmt: skip
    package = _package(world, cloud, run, bench, row, writer, job, hooks)
    with rows.step(world, row.id, "plan", writer):
        must_be_its_own(world, run.stage, row.service, package.stack_name)
        code = code_plan(world, cloud, run, row, package)
        if code is not None and not code.functions:
            writer.write("Nothing to deploy: the functions run the code that this commit makes.")
            outputs = dict(code.stack.outputs)
            deploy_hooks(world, cloud, hooks, run.stage, row, package, writer, job)
            return _unchanged(world, row, outputs, facts_of(code, package))
        if code is not None:
            writer.write("Nothing but code changed: functions are updated directly.")
            return rows.move_service(world, row.id, "package", **facts_of(code, package))
        ahead = _ahead(world, run, row) and bool(catch_up(world, cloud, package, writer))
        clear_away(world, cloud, run.app_id, package.stack_name, writer.write)
        plan = plan_stack(
            cloud,
            package,
            world.store,
            f"seed-build-{row.id}",
            local=run.stage.account.kind == "local",
            secrets=stored_secrets(world),
            say=writer.write,
        )
    facts = _facts_of_plan(plan, package)
    if plan.unchanged and ahead:
        return rows.move_service(world, row.id, "package", **{**facts, "method": CODE})
    if plan.unchanged:
        writer.write("Nothing to deploy: the stack is what this commit makes.")
        deploy_hooks(world, cloud, hooks, run.stage, row, package, writer, job)
        return _unchanged(world, row, _outputs(cloud, package), facts)
    return rows.move_service(world, row.id, "package", **facts)


def _package(
    world: World, cloud: Cloud, run: Build, bench: Workbench, row: ServiceBuild, writer: LogWriter, job: Job,
    hooks: Hooks,
) -> Package:  # fmt: skip
    rows.move_service(world, row.id, "package")
    if wants_tests(hooks, row.service, switched_on=run.stage.app.unit_tests):
        with rows.step(world, row.id, "unit_tests", writer):
            run_tests(world, hooks, bench.tree, row.service, job)
    run_hook(world, hooks, "before_build", row, writer, job)
    with rows.step(world, row.id, "package", writer):
        terms = hooks.terms(row.service, job)
        runner = bench.picked(terms.chosen)
        package, marks = make_package(world, cloud, bench.tree, row.service, run.stage, job, runner, terms)
    rows.keep_variables(world, row.id, marks)
    return package


def _facts_of_plan(plan: StackPlan, package: Package) -> dict[str, Any]:
    return {
        "package_digest": package.digest,
        "framework": package.framework,
        "stack_name": plan.stack_name,
        "stack_id": plan.stack_id,
        "change_set_name": plan.change_set_name,
        "change_set_arn": plan.change_set_arn,
        "method": plan.method,
        "changes": plan.changes,
    }


def _unchanged(world: World, row: ServiceBuild, outputs: dict[str, str], facts: dict[str, Any]) -> ServiceBuild:
    return rows.move_service(world, row.id, "unchanged", reason="nothing to change", outputs=outputs, **facts)


def _ahead(world: World, run: Build, row: ServiceBuild) -> bool:
    with world.database.read() as session:
        return is_ahead(session, run, row)


def _outputs(cloud: Cloud, package: Package) -> dict[str, str]:
    stack = cloud.stack(package.stack_name)
    return dict(stack.outputs) if stack else {}
