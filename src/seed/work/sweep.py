"""What the clock does: poll repositories, let old reviews expire, forget what is not needed any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import structlog

from seed.apps.records import App
from seed.builds.find import is_over
from seed.builds.records import Build
from seed.builds.states import ENDED
from seed.connections.hear import forget
from seed.db.base import now
from seed.errors import SeedError
from seed.notify.outbox import forget as forget_notifications
from seed.promotions.records import Promotion
from seed.promotions.stale import expire, make_stale
from seed.work.hearing.automatic_stages import close_what_is_idle, remove_what_closed
from seed.work.hearing.poll_branches import poll_branches
from seed.work.hearing.pushes import hear_push
from seed.work.hearing.stages_that_wait import make_what_waited
from seed.work.jobs.overdue import stop_what_is_overdue
from seed.work.logs.empty_old import empty_old_logs
from seed.work.source.checkout import remove
from seed.work.world import World

TICK_SECONDS = 1.0
PURGE_HOURS = 6
KEEP_JOBS_DAYS = 7
log = structlog.get_logger(__name__)


def run(world: World) -> None:
    """Until the server stops. One failing duty does not stop the others."""
    purged = now() - timedelta(hours=PURGE_HOURS)
    _duty(end_what_lost_its_build, world)
    while not world.stopping.wait(TICK_SECONDS):
        _duty(poll_repositories, world)
        _duty(expire_reviews, world)
        _duty(stop_what_is_overdue, world)
        _duty(remove_what_closed, world)
        _duty(make_what_waited, world)
        if now() - purged > timedelta(hours=PURGE_HOURS):
            _duty(lambda w: w.engine.purge(KEEP_JOBS_DAYS), world)
            _duty(forget_deliveries, world)
            _duty(empty_old_logs, world)
            _duty(close_what_is_idle, world)
            purged = now()


def poll_repositories(world: World) -> None:
    with world.database.read() as session:
        apps = session.scalars(sa.select(App).where(App.poll_seconds > 0)).all()
    for app in apps:
        if app.polled_at and now() - app.polled_at < timedelta(seconds=app.poll_seconds):
            continue
        with world.database.write() as session:
            session.get_one(App, app.id).polled_at = now()
        try:
            poll_branches(world, app)
            hear_push(world, app.slug, "", "", trigger="poll")
        except SeedError as error:  # the other repositories are polled all the same
            log.warning("a poll failed", app=app.slug, error=str(error))
        except Exception:
            log.exception("a poll failed", app=app.slug)


def expire_reviews(world: World) -> None:
    days = world.settings.review_days
    with world.database.write() as session:
        old = session.scalars(
            sa.select(Promotion).where(Promotion.state == "review", Promotion.planned_at < now() - timedelta(days=days))
        ).all()
        for promotion in old:
            expire(session, world.engine, promotion, days)


def end_what_lost_its_build(world: World) -> None:
    """An older Seed that was killed between the two left a promotion confirmed though its build had ended: its job is
    done, and nobody else comes. Today both end at once.
    """
    lost = sa.select(Promotion, Build.reason).join(Build, Build.id == Promotion.target_build_id)
    with world.database.write() as session:
        found = session.execute(lost.where(Promotion.state == "confirmed", Build.state.in_(ENDED))).all()
        for promotion, reason in found:
            make_stale(session, world.engine, promotion, reason or "its build has ended")


def forget_deliveries(world: World) -> None:
    with world.database.write() as session:
        forget(session)
        forget_notifications(session, now())


def forget_checkout(world: World, build_id: int) -> None:
    """Once the build has ended and every downstream package is made, its files are not needed any more."""
    with world.database.read() as session:
        over = is_over(session, build_id)
    if over:
        remove(world.folders.checkout(build_id, "source"))


def _duty(duty: Callable[[World], object], world: World) -> None:
    try:
        duty(world)
    except Exception:
        log.exception("a duty of the clock failed")
