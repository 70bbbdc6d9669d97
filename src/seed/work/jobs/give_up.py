"""A job that a bug of Seed's ended: what it worked on ends too, and says so. No stage stays locked, nothing waits for
something that nobody does any more, and a person can ask for it again.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from seed.builds.records import Build
from seed.db.base import now, ring
from seed.errors import SeedError
from seed.promotions.records import Promotion
from seed.promotions.states import moved
from seed.removals.records import Removal
from seed.work import rows
from seed.work.jobs.engine import Kind
from seed.work.jobs.room import until_there_is_room
from seed.work.removing.remove import let_go
from seed.work.world import World


def or_give_up(world: World, kind: Kind, run_id: int, run: Callable[[], None]) -> None:
    """`run`, a job. What it should have told itself is told by the rows, and with its trace by the log."""
    try:
        run()
    except Exception as error:  # noqa: BLE001, told by the rows
        said = rows.told(error, job=kind, run_id=run_id)
        until_there_is_room(lambda: give_up(world, kind, run_id, rows.shown(world, said)), world.stopping)


def give_up(world: World, kind: Kind, run_id: int, error: SeedError) -> None:
    if kind == "build":
        _build(world, run_id, error)
    elif kind in {"plan", "apply"}:
        _promotion(world, run_id, error)
    elif kind == "remove":
        _removal(world, run_id, error)


def _build(world: World, build_id: int, error: SeedError) -> None:
    with world.database.write() as session:
        if session.get(Build, build_id) is not None:
            _end(session, build_id, error)


def _end(session: Session, build_id: int, error: SeedError) -> None:
    for row in rows.unfinished_in(session, build_id):
        rows.move_one(session, row.id, "fail", failure=rows.as_failure(error), reason=error.sentence)
    rows.end_one(session, build_id, error.sentence, failed=True)


def _promotion(world: World, promotion_id: int, error: SeedError) -> None:
    """With its build, at once. A review that was reached is still good, whatever failed after it."""
    with world.database.write() as session:
        row = session.get(Promotion, promotion_id)
        if row is None or row.state not in {"planning", "confirmed", "deploying"}:
            return
        if row.target_build_id is not None:
            _end(session, row.target_build_id, error)
        row.state, row.ended_at = moved(row.state, "fail"), now()
        row.failure, row.reason = rows.as_failure(error), error.sentence
        world.engine.submit(session, "discard", row.id, key="", order=row.id)
        ring(session, f"promotion:{row.id}", f"app:{row.app_id}")


def _removal(world: World, removal_id: int, error: SeedError) -> None:
    with world.database.write() as session:
        removal = session.get(Removal, removal_id)
        if removal is None or removal.state != "removing":
            return
        for row in removal.stacks:
            if row.state in {"waiting", "deleting"}:
                row.state, row.reason = "failed", error.sentence
        removal.state, removal.reason = "failed", error.sentence
        let_go(session, removal)
        ring(session, f"app:{removal.app_id}", f"removal:{removal.id}")
