"""Carry out a confirmed promotion: look once more, then execute exactly what was reviewed."""

from __future__ import annotations

from contextlib import closing

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from seed.audit.record import record
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED, GOOD
from seed.db.base import now, ring
from seed.errors import Cancelled, SeedError
from seed.promotions.covered import PREVIEW
from seed.promotions.go_on import go_on
from seed.promotions.load import load_promotion
from seed.promotions.mark import mark_promoted
from seed.promotions.records import Promotion
from seed.promotions.stale import make_stale
from seed.promotions.states import moved
from seed.work.build import load
from seed.work.commands.hooked import after_deploying, before_deploying, promotion_hooks
from seed.work.commands.hooks import Hooks
from seed.work.commands.post_deploy import PostDeployFailed, post_deploy
from seed.work.jobs.overdue import shorten
from seed.work.logs.open_log import open_log
from seed.work.promoting.auto_promote import promote_what_waited
from seed.work.promoting.preview import look_again, wait_too, waits
from seed.work.rows import (
    begin,
    cancel_asked,
    end,
    end_one,
    fail_service,
    fail_waiting,
    move_one,
    shown,
    step,
    unfinished,
    unfinished_in,
)
from seed.work.run_phases import run_phases
from seed.work.source.checkout import Job
from seed.work.stacks.baseline import ground_moved
from seed.work.stacks.execute import deploy, finish
from seed.work.world import World

NOT_BEGUN = "Cancelled before it was deployed."


def apply(world: World, promotion_id: int) -> None:
    """Run again after a crash, it goes on where the rows and CloudFormation say it was."""
    _apply(world, promotion_id)
    promote_what_waited(world, promotion_id)  # also of one that had ended: taken back, or before its server died


def _apply(world: World, promotion_id: int) -> None:
    promotion = _load(world, promotion_id)
    if promotion.state not in {"confirmed", "deploying"} or promotion.target_build_id is None:
        return
    build = begin(world, promotion.target_build_id)
    if build is not None:
        if promotion.state == "confirmed":
            try:
                reason = ground_moved(world.connect(promotion.target_stage.account), promotion)
            except SeedError as error:
                # Nobody can say that nothing has moved: nothing runs.
                fail_waiting(world, build.id, error)
                reason = ""
            if reason:
                _refuse(world, promotion, build, reason)
                return
        _to(world, promotion_id, "deploy")
        not_well = _run_hooked(world, promotion, build)
        rest = "the rest waits for a second review" if _waiting(world, build.id) else ""
        end(world, build.id, not_well or rest, failed=bool(not_well))
    _finish(world, promotion_id)


def _run_hooked(world: World, promotion: Promotion, build: Build) -> str:
    """What did not end well though every service did."""
    try:
        run = load(world, build.id)
        hooks = promotion_hooks(world, run)
        shorten(world, build.id, hooks.spec.build_timeout)
    except SeedError as error:
        fail_waiting(world, build.id, error)
        return ""
    try:
        _run(world, promotion, build, hooks)
        if not _waiting(world, build.id):
            post_deploy(world, hooks, run)
    except PostDeployFailed as error:
        return shown(world, error).sentence
    else:
        return ""
    finally:
        hooks.close()


def _run(world: World, promotion: Promotion, build: Build, hooks: Hooks) -> None:
    """Phase by phase. What waits for a second review keeps the later phases from beginning."""
    with world.database.read() as session:
        of_build = sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id).order_by(ServiceBuild.id)
        query = of_build.options(selectinload(ServiceBuild.service))
        rows = [row for row in session.scalars(query) if row.state not in ENDED]
    run_phases(
        world,
        build.id,
        rows,
        lambda row: _run_service(world, promotion, row, hooks),
        back=promotion.kind == "rollback",
        held=lambda: bool(_waiting(world, build.id)),
    )
    if _waiting(world, build.id):
        cloud = world.connect(promotion.target_stage.account)
        for row in unfinished(world, build.id):
            wait_too(world, cloud, row)


def _run_service(world: World, promotion: Promotion, row: ServiceBuild, hooks: Hooks) -> None:
    path, stage = world.folders.log(row.id), promotion.target_stage
    try:
        cloud = world.connect(stage.account)
        writer = open_log(world, path, cloud, stage, [row.service], row.build_id)
    except Exception as error:  # noqa: BLE001, told by the row
        with closing(open_log(world, path)) as bare:
            fail_service(world, row.id, error, bare)
        return
    job = Job(writer.write, lambda: cancel_asked(world, row.build_id), writer.masked)
    try:
        if row.state != "deploying" and job.cancelled():
            raise Cancelled(NOT_BEGUN)
        if row.method == PREVIEW:
            row = look_again(world, cloud, promotion, row, writer)
        if row.state not in ENDED:
            package = world.store.get_package(row.package_digest)
            if row.state != "deploying":
                before_deploying(world, hooks, row, package, writer, job)
                if job.cancelled():
                    raise Cancelled(NOT_BEGUN)
            with step(world, row.id, "deploy", writer):
                done = deploy(world, cloud, row, writer)
            after_deploying(world, cloud, hooks, promotion.target_stage, row, package, writer, job)
            finish(world, done)
    except Exception as error:  # noqa: BLE001, told by the row
        fail_service(world, row.id, error, writer)
    finally:
        writer.close()


def _waiting(world: World, build_id: int) -> set[int]:
    """The services that are kept back for a second review."""
    with world.database.read() as session:
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build_id))
        return {row.service_id for row in rows if waits(row)}


def _refuse(world: World, promotion: Promotion, build: Build, reason: str) -> None:
    """Between confirmation and execution something moved: nothing runs. At once, so that no crash leaves a promotion
    whose build has ended.
    """
    with world.database.write() as session:
        for row in unfinished_in(session, build.id):
            move_one(session, row.id, "skip", reason=reason)
        end_one(session, build.id, reason)
        make_stale(session, world.engine, promotion, reason)


def _finish(world: World, promotion_id: int) -> None:
    with world.database.write() as session:
        row = session.get_one(Promotion, promotion_id)
        if row.state != "deploying" or row.target_build_id is None:
            return
        build = session.get_one(Build, row.target_build_id)
        rest = {one.service_id for one in build.services if waits(one)}
        if build.state == "succeeded" and rest:
            go_on(session, world.engine, row, rest)
            mark_promoted(session, row)
            return
        if build.state == "succeeded":
            row.state, row.ended_at = moved(row.state, "promote"), now()
        else:
            row.state, row.ended_at = moved(row.state, "fail"), now()
            row.failure, row.reason = _first_failure(session, build)
            world.engine.submit(session, "discard", row.id, key="", order=row.id)
        mark_promoted(session, row)
        record(session, "seed", f"promotion.{row.state}", f"#{row.id}", app_id=row.app_id)
        ring(session, f"promotion:{row.id}", f"app:{row.app_id}")


def _first_failure(session: Session, build: Build) -> tuple[dict[str, str] | None, str]:
    failed = session.scalars(
        sa.select(ServiceBuild)
        .where(ServiceBuild.build_id == build.id, ServiceBuild.state == "failed")
        .order_by(ServiceBuild.ended_at, ServiceBuild.id)
    ).first()
    if failed is None:
        return None, build.reason or _how_far(build)
    return failed.failure, f"{failed.service.name}: {failed.reason}"


def _how_far(build: Build) -> str:
    ran, rest = (
        ", ".join(sorted(row.service.name for row in build.services if (row.state in GOOD) == good))
        for good in (True, False)
    )
    return f"Cancelled while it was carried out. Deployed: {ran or 'nothing'}. Not, or not to its end: {rest}."


def _to(world: World, promotion_id: int, event: str) -> None:
    with world.database.write() as session:
        row = session.get_one(Promotion, promotion_id)
        row.state = moved(row.state, event)
        ring(session, f"promotion:{row.id}", f"app:{row.app_id}")


def _load(world: World, promotion_id: int) -> Promotion:
    with world.database.read() as session:
        return load_promotion(session, promotion_id)
