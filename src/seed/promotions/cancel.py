"""Cancel a build, whatever asked for it: one that would carry out a promotion, and waits, ends with its promotion."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.builds.cancel import cancel
from seed.builds.records import Build
from seed.people.actor import Actor
from seed.promotions.records import Promotion
from seed.promotions.reject import reject
from seed.work.jobs.engine import Engine

REASON = "Cancelled while it waited for its turn: nothing was deployed."


def cancel_any(session: Session, engine: Engine, actor: Actor, build: Build, *, update: bool = False) -> None:
    row = session.get_one(Build, build.id)
    if row.promotion_id is not None and row.state == "queued":
        reject(session, engine, actor, session.get_one(Promotion, row.promotion_id), REASON)
    else:
        cancel(session, actor, row, update=update)
