"""Say no to a review, with a reason; its change sets are deleted, a stack made only for it too. One that was confirmed
can be taken back as long as it waits for its turn.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.db.base import now, ring
from seed.errors import Invalid
from seed.people.actor import Actor
from seed.promotions.confirm import AlreadyDecided
from seed.promotions.records import Promotion
from seed.promotions.states import moved
from seed.work.jobs.engine import Engine

LONGEST_REASON = 2000


def reject(session: Session, engine: Engine, actor: Actor, promotion: Promotion, reason: str) -> None:
    actor.must("deploy")
    if not reason.strip():
        raise Invalid("Say why, for those who asked.", where="reason")
    row = session.get_one(Promotion, promotion.id)
    if row.state == "confirmed":
        _take_back(session, row)
    elif row.state not in {"planning", "review"}:
        ended = "is being deployed" if row.state == "deploying" else f"has ended: {row.state}"
        raise AlreadyDecided(f"This promotion {ended}.", hint="There is nothing left to reject.")
    row.state = moved(row.state, "reject")
    row.reason, row.ended_at = reason.strip()[:LONGEST_REASON], now()
    engine.submit(session, "discard", row.id, key="", order=row.id)
    record(session, actor.name, "promotion.rejected", f"{row.target_stage.name} #{row.id}",
           app_id=row.app_id, reason=row.reason)  # fmt: skip
    ring(session, f"promotion:{row.id}", f"app:{row.app_id}")


def _take_back(session: Session, row: Promotion) -> None:
    """Its build ends before it begins: whoever is first, this or its turn, has it."""
    said = "Its promotion was taken back while it waited for its turn."
    waits = sa.and_(Build.id == row.target_build_id, Build.state == "queued")
    ended = sa.update(Build).where(waits).values(state="cancelled", reason=said, ended_at=now())
    if session.execute(ended.returning(Build.id)).first() is None:
        raise AlreadyDecided(
            f"It is being deployed to {row.target_stage.name}: nobody can take it back any more.",
            hint="Wait for it, then roll back; or have CloudFormation take its running updates back: "
            "seed cancel APP STAGE NUMBER --update",
        )
    open_rows = sa.and_(ServiceBuild.build_id == row.target_build_id, ServiceBuild.state.not_in(ENDED))
    session.execute(sa.update(ServiceBuild).where(open_rows).values(state="cancelled", ended_at=now()))
    ring(session, f"build:{row.target_build_id}")
