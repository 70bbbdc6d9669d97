"""Make the packages for the stages downstream of a build: beside it, failing nothing but themselves.

The server's end stops it at once, and the next start makes what is still to be made.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import sqlalchemy as sa

from seed.apps.records import Service, Stage
from seed.builds.find import packages_in_the_making
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.db.base import now, ring
from seed.errors import Cancelled, Stopping
from seed.packages import Package
from seed.variables.effective import marks_of, moved, said
from seed.work import rows
from seed.work.build import load
from seed.work.commands.hooked import build_hooks, prepared, source_for
from seed.work.errors import PackageNotMade
from seed.work.logs import stream
from seed.work.logs.open_log import open_log
from seed.work.packaging.make_package import make_package
from seed.work.packaging.packagers import Workbench
from seed.work.source.checkout import Job, copy_installed, remove
from seed.work.sweep import forget_checkout
from seed.work.world import World

JOB_SECONDS = 30.0
OVERDUE = "The packages for stages downstream took longer than a build may as a whole, and were stopped."
OVERDUE_HINT = "SEED_BUILD_TOTAL_MINUTES, or build_timeout in seed.yml, sets the limit. A promotion makes it anew."


def make_downstream(world: World, build_id: int) -> None:
    """The job: every package of this build that is still to be made. What is ordered late has a job of its own, which
    waits for the one before.
    """
    with world.making(f"packages of build {build_id}"):
        _make_waiting(world, build_id)


def _make_waiting(world: World, build_id: int) -> None:
    run = load(world, build_id)
    waiting = _waiting(world, build_id)
    bench = world.packagers.lend_in_background(build_id)
    ends = time.monotonic() + _seconds(world, run)

    def stopped() -> bool:
        return world.stopping.is_set() or time.monotonic() > ends or not _making(world, build_id)

    try:
        if waiting:
            _source(world, run, bench, "-job", stopped)
        for made, row, stage in waiting:
            with _alone(world, made):
                if _made(world, made.id).state == "making":
                    _make(world, run, bench, made, row, stage, stopped)
    except Cancelled:
        _give_up(world, build_id, PackageNotMade(OVERDUE, hint=OVERDUE_HINT))
    except Exception as error:  # noqa: BLE001, told by the rows
        _give_up(world, build_id, error)
    finally:
        bench.close()
        remove(bench.folder)
        forget_checkout(world, build_id)


def _seconds(world: World, run: Build) -> float:
    """How long they may take in all: as long as the build itself."""
    most = world.settings.build_total_minutes * 60
    if run.ends_by is None or run.started_at is None:
        return most
    return min(most, (run.ends_by - run.started_at).total_seconds())


def _give_up(world: World, build_id: int, error: Exception) -> None:
    """Those that are still to be made; what a person cancelled has been told."""
    for made in _making(world, build_id):
        _settle(world, made.id, None, error)


def ensure_package(
    world: World, row: ServiceBuild, stage: Stage, unwanted: Callable[[], bool] = lambda: False
) -> Package:
    """The stored package of a service build for `stage`; made now where it is missing or was not made. Once nobody
    wants it any more what makes it is stopped.
    """
    with world.database.write() as session:
        made = session.scalar(
            sa.select(DownstreamPackage).where(
                DownstreamPackage.service_build_id == row.id, DownstreamPackage.stage_id == stage.id
            )
        )
        if made is None:
            made = DownstreamPackage(service_build_id=row.id, stage_id=stage.id, state="missing")
            session.add(made)
            session.flush()
        made_id = made.id
    # The job beside the build is about to make it.
    stream.until(world, f"build:{row.build_id}", JOB_SECONDS, lambda: _made(world, made_id).state != "making")
    with _alone(world, made):  # the job may be at it
        made = _made(world, made_id)
        if made.state == "ready" and not _out_of_date(world, made, row, stage):
            return world.store.get_package(made.digest)
        _make_now(world, made, row, stage, lambda: world.stopping.is_set() or unwanted())
    done = _made(world, made_id)
    if done.state != "ready":
        failure = done.failure or {}
        error = PackageNotMade(
            f"The package for {stage.name} could not be made: {failure.get('sentence', 'unknown')}",
            hint=failure.get("hint", ""),
            where=failure.get("where", ""),
        )
        error.report = failure.get("report")
        raise error
    return world.store.get_package(done.digest)


def _alone(world: World, made: DownstreamPackage) -> AbstractContextManager[None]:
    return world.making(f"package {made.id}")


def _make_now(
    world: World, made: DownstreamPackage, row: ServiceBuild, stage: Stage, stopped: Callable[[], bool]
) -> None:
    run = load(world, row.build_id)
    bench = world.packagers.lend()
    try:
        own = next(r for r in run.services if r.id == row.id)
        _source(world, run, bench, f"-{own.service_id}-source", stopped)
        _make(world, run, bench, made, own, stage, stopped)
    finally:
        bench.close()
        remove(bench.folder)


def _out_of_date(world: World, made: DownstreamPackage, row: ServiceBuild, stage: Stage) -> bool:
    """Whether variables have changed since it was made; then the row says so, and waits to be made anew."""
    with world.database.write() as session:
        names = moved(made.variables, marks_of(session, stage, session.get(Service, row.service_id)))
        if not names:
            return False
        stored = session.get_one(DownstreamPackage, made.id)
        stored.state = "missing"
        number = session.get_one(Build, row.build_id).number
        stored.reason = f"Packaged again for {stage.name}: {said(names)} after build {number} was packaged."
        return True


def _made(world: World, made_id: int) -> DownstreamPackage:
    with world.database.read() as session:
        return session.get_one(DownstreamPackage, made_id)


def _making(world: World, build_id: int) -> list[DownstreamPackage]:
    with world.database.read() as session:
        return packages_in_the_making(session, build_id)


def _waiting(world: World, build_id: int) -> list[tuple[DownstreamPackage, ServiceBuild, Stage]]:
    with world.database.read() as session:
        query = (
            sa.select(DownstreamPackage, ServiceBuild, Stage)
            .join(ServiceBuild, ServiceBuild.id == DownstreamPackage.service_build_id)
            .join(Stage, Stage.id == DownstreamPackage.stage_id)
            .where(ServiceBuild.build_id == build_id, DownstreamPackage.state == "making")
            .order_by(DownstreamPackage.id)
        )
        found = [(made, row, stage) for made, row, stage in session.execute(query)]
        for _made, row, stage in found:
            _ = (row.service, stage.app, stage.account)  # loaded while the session is open
        return found


def _source(world: World, run: Build, bench: Workbench, alone: str, stopped: Callable[[], bool]) -> None:
    """Beside the build's own checkout where that is there, else from the start."""
    tree, source = bench.tree, world.folders.checkout(run.id, "source")
    if source.is_dir():
        if tree.is_dir() and source.samefile(tree):
            return  # the build's own bench
        with suppress(OSError):  # it may be swept while it is copied
            copy_installed(source, tree)
            return
    services = [row.service for row in run.services]
    job = Job(lambda _text: None, stopped)
    hooks = build_hooks(world, world.connect(run.stage.account), run, tree, alone=alone)
    try:
        source_for(world, hooks, run, services, tree, job)
    except Cancelled:
        _let_the_next_start_go_on(world)
        raise
    finally:
        hooks.close()


def _make(
    world: World, run: Build, bench: Workbench, made: DownstreamPackage, row: ServiceBuild, stage: Stage,
    stopped: Callable[[], bool],
) -> None:  # fmt: skip
    try:
        cloud = world.connect(stage.account)
    except Exception as error:  # noqa: BLE001, told by the row
        _settle(world, made.id, None, error)
        return
    writer = open_log(world, world.folders.package_log(made.id), cloud, stage, [row.service])
    job = Job(writer.write, stopped, writer.masked)
    try:
        terms = prepared(world, cloud, run, bench.tree, row.service, stage, writer, job)
        runner = bench.picked(terms.chosen)
        package, used = make_package(world, cloud, bench.tree, row.service, stage, job, runner, terms)
        _settle(world, made.id, package.digest, None, used)
    except Cancelled:
        _let_the_next_start_go_on(world)
        writer.tell("✗ It was stopped.")
        raise
    except Exception as error:  # noqa: BLE001, told by the row
        failed = rows.shown(world, rows.told(error, downstream_package=made.id))
        writer.tell(f"✗ {failed.sentence}")
        _settle(world, made.id, None, failed)
    finally:
        writer.close()


def _let_the_next_start_go_on(world: World) -> None:
    if world.stopping.is_set():
        raise Stopping from None


def _settle(
    world: World, made_id: int, digest: str | None, error: Exception | None, used: dict[str, str] | None = None
) -> None:
    failure = None
    if error is not None:
        failure = rows.as_failure(rows.shown(world, rows.told(error, downstream_package=made_id)))
    with world.database.write() as session:
        made = session.get_one(DownstreamPackage, made_id)
        if error is not None and made.state == "ready":
            return
        made.state = "ready" if digest else "failed"
        made.digest = digest or ""
        made.variables = used
        made.failure = failure
        made.ended_at = now()
        build = session.get_one(Build, session.get_one(ServiceBuild, made.service_build_id).build_id)
        ring(session, f"build:{build.id}", f"app:{build.app_id}")
