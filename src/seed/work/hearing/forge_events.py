"""Work what forges told, oldest first within a subject; what could not be done is tried again, later and later."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import aliased

from seed.apps.records import App
from seed.connections.hear import TOPIC
from seed.connections.records import HeardEvent
from seed.db.base import ring
from seed.errors import SeedError
from seed.forges.events import from_json
from seed.git import RepositoryNotReadable
from seed.work.errors import CommitNotThereYet, StageGoing
from seed.work.hearing.followers import FOLLOWERS
from seed.work.rows import told
from seed.work.world import World

TICK_SECONDS = 2.0
AT_ONCE = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
TRIES: dict[type[SeedError], int] = {RepositoryNotReadable: 40, CommitNotThereYet: 5, StageGoing: 40}
"""How often a failure that may pass is tried: an outage of about six hours, a replica behind by a minute."""
NOTHING = "Nothing follows it."
log = structlog.get_logger(__name__)


def run(world: World) -> None:
    """Until the server stops."""
    while not world.stopping.is_set():
        seen = world.bell.count((TOPIC,))
        try:
            worked = work_due(world)
        except Exception:
            log.exception("what forges told could not be worked")
            worked = 0
        if not worked:
            world.bell.wait((TOPIC,), seen, TICK_SECONDS)
            if world.bell.closed:
                world.stopping.wait(TICK_SECONDS)


def work_due(world: World) -> int:
    """Every event whose time has come, each for itself; how many."""
    due = _due(world)
    for row in due:
        _work(world, row)
    return len(due)


def wait_after(attempts: int) -> timedelta:
    """Twice as long each time, up to ten minutes."""
    return LONGEST_WAIT if attempts > 8 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))  # noqa: PLR2004, far beyond


def _due(world: World) -> list[HeardEvent]:
    older = aliased(HeardEvent)
    behind = sa.exists().where(
        older.app_id == HeardEvent.app_id,
        older.subject == HeardEvent.subject,
        older.state == "waiting",
        older.id < HeardEvent.id,
    )
    query = (
        sa.select(HeardEvent)
        .where(HeardEvent.state == "waiting", HeardEvent.due_at <= world.clock(), ~behind)
        .order_by(HeardEvent.id)
        .limit(AT_ONCE)
    )
    with world.database.read() as session:
        return list(session.scalars(query))


def _work(world: World, row: HeardEvent) -> None:
    with world.database.read() as session:
        app = session.get(App, row.app_id)
    if app is None:
        return  # removed meanwhile, and its events with it
    event = from_json(row.kind, row.body)
    try:
        said = [sentence for follower in FOLLOWERS[type(event)] if (sentence := follower(world, app, event))]
    except Exception as error:  # noqa: BLE001, told by the row
        _failed(world, row, told(error, heard_event=row.id), _tries(error))
        return
    _end(world, row, "done", " ".join(said) or NOTHING)


def _tries(error: Exception) -> int:
    return next((tries for kind, tries in TRIES.items() if isinstance(error, kind)), 1)


def _failed(world: World, row: HeardEvent, error: SeedError, tries: int) -> None:
    if row.attempts + 1 >= tries:
        _end(world, row, "failed", str(error))
        return
    with world.database.write() as session:
        waiting = session.get(HeardEvent, row.id)
        if waiting is not None:
            waiting.attempts += 1
            waiting.outcome = error.sentence
            waiting.due_at = world.clock() + wait_after(waiting.attempts)


def _end(world: World, row: HeardEvent, state: str, outcome: str) -> None:
    with world.database.write() as session:
        ended = session.get(HeardEvent, row.id)
        if ended is not None:
            ended.state, ended.outcome, ended.ended_at = state, outcome, world.clock()
            ended.attempts += 1
            ring(session, f"app:{ended.app_id}")
