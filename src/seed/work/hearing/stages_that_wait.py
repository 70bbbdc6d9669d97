"""A stage has gone, or more may be there: whoever waits for room gets one, longest waiting first."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog

from seed.apps.records import PULL_REQUEST, App
from seed.automatic.find import made_for, settings_of
from seed.automatic.records import WaitingStage
from seed.automatic.wait import is_done
from seed.db.base import now
from seed.errors import SeedError
from seed.work.hearing.automatic_stages import branch_pushed, pull_request_told
from seed.work.world import World

AGAIN = timedelta(minutes=1)
log = structlog.get_logger(__name__)


def make_what_waited(world: World) -> None:
    """A duty of the clock."""
    with world.database.read() as session:
        due = sa.select(WaitingStage).where(WaitingStage.due_at <= now()).order_by(WaitingStage.at)
        rows = [(row, session.get_one(App, row.app_id)) for row in session.scalars(due)]
    for row, app in rows:
        if _has_room(world, app, row.origin):
            _make(world, app, row)


def _has_room(world: World, app: App, origin: str) -> bool:
    with world.database.read() as session:
        return len(made_for(session, app, origin)) < settings_of(session, app.id, origin).most


def _make(world: World, app: App, row: WaitingStage) -> None:
    """What it was is looked at anew: a branch that is gone, or a pull request that was closed, gets nothing."""
    try:
        if row.origin == PULL_REQUEST:
            pull_request_told(world, app, int(row.name))
        else:
            branch_pushed(world, app, row.name)
    except SeedError as error:
        log.warning("a stage waits on", app=app.slug, of=row.name, error=str(error))
        with world.database.write() as session:
            if (waits := session.get(WaitingStage, (app.id, row.origin, row.name))) is not None:
                waits.due_at = now() + AGAIN
        return
    with world.database.write() as session:
        waits = session.get(WaitingStage, (app.id, row.origin, row.name))
        if waits is not None and is_done(session, app, waits):
            session.delete(waits)
