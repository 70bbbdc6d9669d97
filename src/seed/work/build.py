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
from seed.work import rows
from seed.work.commands.hooked import (
    before_compile,
    build_hooks,
)
from seed.work.commands.hooks import Hooks
from seed.work.commands.post_deploy import PostDeployFailed, post_deploy, post_deploy_due
from seed.work.dependencies.keep_folders import bring_back, keep
from seed.work.jobs.overdue import shorten
from seed.work.logs.open_log import open_log
from seed.work.packaging.order_downstream import order_downstream, packaged_for
from seed.work.packaging.packagers import Workbench
from seed.work.promoting.auto_promote import promote_by_itself
from seed.work.run_phases import run_phases
from seed.work.run_service import run_service
from seed.work.source.checkout import Job, check_out, install, link_to
from seed.work.source.nx import only_affected
from seed.work.source.only_changed import MISSING, only_changed
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
        _what_is_left(world, run)
        return  # nothing changed: no checkout, no packager
    bench = world.packagers.lend()
    with ExitStack() as ending:
        ending.callback(bench.close)
        _run_on(world, cloud, run, open_rows, todo, bench)
        if _all_well(world, run.id):
            world.packagers.keep(run.id, bench)  # first: the job may begin at once
            order_downstream(world, run)
            ending.pop_all()


def _what_is_left(world: World, run: Build) -> None:
    """Of a build in which nothing changed; or all was deployed before its server died, and nothing ordered yet."""
    if any(row.package_digest for row in run.services) and _all_well(world, run.id):
        order_downstream(world, run)
    else:
        packaged_for(world, run)


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
        run_phases(world, run.id, open_rows, lambda row: run_service(world, cloud, run, bench, row, hooks))
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
