"""Carry out a build: check out, install, then for each service package, plan and execute.

Started again after a crash it goes on where the rows say it was: a service that was deploying is followed,
one that was packaging is packaged again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from seed.apps.records import App, Stage
from seed.aws.port import Cloud
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.errors import Cancelled
from seed.packages import Package
from seed.work import rows
from seed.work.commands.hooked import (
    after_deploying,
    before_compile,
    before_deploying,
    build_hooks,
    deploy_hooks,
    run_hook,
)
from seed.work.commands.hooks import Hooks
from seed.work.commands.post_deploy import PostDeployFailed, post_deploy, post_deploy_due
from seed.work.commands.unit_tests import run_tests, wants_tests
from seed.work.dependencies.keep_folders import bring_back, keep
from seed.work.jobs.overdue import shorten
from seed.work.logs.log import LogWriter
from seed.work.logs.open_log import open_log
from seed.work.packaging.make_package import make_package
from seed.work.packaging.order_downstream import order_downstream, packaged_for
from seed.work.packaging.packagers import Workbench
from seed.work.promoting.auto_promote import promote_by_itself
from seed.work.run_phases import run_phases
from seed.work.runner import each_note_once
from seed.work.secrets import stored_secrets
from seed.work.source.checkout import Job, check_out, install, link_to
from seed.work.source.nx import only_affected
from seed.work.source.only_changed import MISSING, only_changed
from seed.work.stacks.deploy_code import METHOD as CODE
from seed.work.stacks.deploy_code import catch_up, code_plan, deploy_code, facts_of, is_ahead
from seed.work.stacks.execute import deploy, finish
from seed.work.stacks.plan_stack import plan_stack
from seed.work.stacks.try_again import clear_away
from seed.work.stacks.whose_stack import must_be_its_own
from seed.work.sweep import forget_checkout
from seed.work.world import World


def build(world: World, build_id: int) -> None:
    begun = rows.begin(world, build_id)
    if begun is not None:
        run, not_well = load(world, build_id), ""
        try:
            _run(world, run)
        except PostDeployFailed as error:
            not_well = rows.shown(world, error).sentence
        except Exception as error:  # noqa: BLE001, told by the rows
            rows.fail_waiting(world, build_id, rows.told(error, build=build_id))
        rows.end(world, build_id, not_well or _nothing_there(world, build_id), failed=bool(not_well))
    promote_by_itself(world, build_id)
    forget_checkout(world, build_id)


def load(world: World, build_id: int) -> Build:
    """With all that is read of it, good to use without a session."""
    options = (
        selectinload(Build.stage).selectinload(Stage.app).selectinload(App.services),
        selectinload(Build.stage).selectinload(Stage.account),
        selectinload(Build.services).selectinload(ServiceBuild.service),
    )
    with world.database.read() as session:
        return session.scalars(sa.select(Build).where(Build.id == build_id).options(*options)).one()


def _run(world: World, run: Build) -> None:
    open_rows = [row for row in run.services if row.state not in ENDED]
    cloud = world.connect(run.stage.account)
    deploying = any(row.state == "deploying" for row in open_rows)
    todo = only_changed(world, run, [row for row in open_rows if row.state != "deploying"])
    if not todo and not deploying and not post_deploy_due(world, run):
        packaged_for(world, run)
        return  # nothing changed: no checkout, no packager
    bench = world.packagers.lend()
    with ExitStack() as ending:
        ending.callback(bench.close)
        _run_on(world, cloud, run, open_rows, todo, bench)
        if _all_well(world, run.id):
            world.packagers.keep(run.id, bench)  # first: the job may begin at once
            order_downstream(world, run)
            ending.pop_all()


def _run_on(
    world: World, cloud: Cloud, run: Build, open_rows: list[ServiceBuild], todo: list[ServiceBuild], bench: Workbench
) -> None:
    tree = bench.tree
    link_to(bench, world.folders.checkout(run.id, "source"))
    hooks = build_hooks(
        world, cloud, run, tree, lazily=() if todo else [row.service for row in open_rows or run.services]
    )
    hooks.at(bench)
    shorten(world, run.id, hooks.spec.build_timeout)
    try:
        if todo:
            todo = only_affected(world, run, _present(world, tree, prepare(world, run, todo, tree, hooks)), tree, hooks)
        todo_ids = {row.id for row in todo}
        open_rows = [row for row in open_rows if row.state == "deploying" or row.id in todo_ids]
        run_phases(world, run.id, open_rows, lambda row: _run_service(world, cloud, run, bench, row, hooks))
        post_deploy(world, hooks, run)
        if todo and _all_well(world, run.id):
            keep(world, run, hooks, todo[0], tree)
    finally:
        hooks.close()


def _say_first(world: World, run: Build, hooks: Hooks, say: Callable[[str], None]) -> None:
    say(f"Commit {run.commit[:12]} {run.subject}")
    if note := world.runner.describe().note:
        say(note)
    for sentence in hooks.spec.nobodys({service.name for service in run.stage.app.services}):
        say(sentence)


def prepare(world: World, run: Build, todo: list[ServiceBuild], tree: Path, hooks: Hooks) -> list[ServiceBuild]:
    """Source and dependencies, once for all services; each service's log tells of it. Those that can go on."""
    cloud, services = world.connect(run.stage.account), [row.service for row in todo]
    writers = [open_log(world, world.folders.log(row.id), cloud, run.stage, services, run.id) for row in todo]
    logs = {row.id: writer for row, writer in zip(todo, writers, strict=True)}

    def say(text: str) -> None:
        for writer in writers:
            writer.write(text)

    job = Job(say, lambda: rows.cancel_asked(world, run.id), writers[0].masked)
    try:
        for row, writer in zip(todo, writers, strict=True):
            rows.move_service(world, row.id, "check")
            writer.step("source")
        _say_first(world, run, hooks, say)
        check_out(world, run.stage.app, run.commit, tree, say, force=run.forced)
        bring_back(world, run, hooks, tree, job)
        good = before_compile(world, hooks, todo, writers, job)
        if not good:
            return []
        for writer in writers:
            writer.step("install")
        services = [row.service for row in good]
        install(world, tree, services, job, lambda service: hooks.terms(service, job), force=run.forced)
    except Exception as error:
        for row in rows.unfinished(world, run.id):
            if row.id in logs:
                rows.fail_service(world, row.id, error, logs[row.id])
        raise
    finally:
        for writer in writers:
            writer.close()
    return good


def _present(world: World, tree: Path, todo: list[ServiceBuild]) -> list[ServiceBuild]:
    """A service that the commit does not have is skipped, not failed."""
    there = []
    for row in todo:
        if (tree / row.service.path / row.service.config).is_file():
            there.append(row)
        else:
            rows.move_service(world, row.id, "skip", reason=MISSING)
    return there


def _all_well(world: World, build_id: int) -> bool:
    bad = sa.select(ServiceBuild.id).where(
        ServiceBuild.build_id == build_id, ServiceBuild.state.in_(("failed", "cancelled"))
    )
    with world.database.read() as session:
        return session.scalar(bad.limit(1)) is None


def _nothing_there(world: World, build_id: int) -> str:
    """A build in which every service was missing says so as a whole."""
    with world.database.read() as session:
        reasons = session.scalars(sa.select(ServiceBuild.reason).where(ServiceBuild.build_id == build_id)).all()
    return "no service of this app is in the commit" if all(reason == MISSING for reason in reasons) else ""


def _run_service(world: World, cloud: Cloud, run: Build, bench: Workbench, row: ServiceBuild, hooks: Hooks) -> None:
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
        rows.fail_service(world, row.id, error, writer)
    finally:
        writer.close()


def _package_and_plan(
    world: World, cloud: Cloud, run: Build, bench: Workbench, row: ServiceBuild, writer: LogWriter, job: Job,
    hooks: Hooks,
) -> ServiceBuild:  # fmt: skip
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
    with rows.step(world, row.id, "plan", writer):
        must_be_its_own(world, run.stage, row.service, package.stack_name)
        code = code_plan(world, cloud, run, row, package)
        if code is not None and not code.functions:
            writer.write("Nothing to deploy: the functions run the code that this commit makes.")
            outputs = dict(code.stack.outputs)
            facts = facts_of(code, package)
            deploy_hooks(world, cloud, hooks, run.stage, row, package, writer, job)
            return rows.move_service(world, row.id, "unchanged", reason="nothing to change", outputs=outputs, **facts)
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
    facts = {
        "package_digest": package.digest,
        "framework": package.framework,
        "stack_name": plan.stack_name,
        "stack_id": plan.stack_id,
        "change_set_name": plan.change_set_name,
        "change_set_arn": plan.change_set_arn,
        "method": plan.method,
        "changes": plan.changes,
    }
    if plan.unchanged and ahead:
        return rows.move_service(world, row.id, "package", **{**facts, "method": CODE})
    if plan.unchanged:
        writer.write("Nothing to deploy: the stack is what this commit makes.")
        deploy_hooks(world, cloud, hooks, run.stage, row, package, writer, job)
        return rows.move_service(
            world, row.id, "unchanged", reason="nothing to change", outputs=_outputs(cloud, package), **facts
        )
    return rows.move_service(world, row.id, "package", **facts)


def _ahead(world: World, run: Build, row: ServiceBuild) -> bool:
    with world.database.read() as session:
        return is_ahead(session, run, row)


def _outputs(cloud: Cloud, package: Package) -> dict[str, str]:
    stack = cloud.stack(package.stack_name)
    return dict(stack.outputs) if stack else {}
