"""Say no to a review, with a reason; its change sets are deleted, a stack made only for it too."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import now, ring
from seed.errors import Invalid
from seed.people.actor import Actor
from seed.promotions.confirm import AlreadyDecided
from seed.promotions.records import Promotion
from seed.promotions.states import moved
from seed.work.engine import Engine

LONGEST_REASON = 2000


def reject(session: Session, engine: Engine, actor: Actor, promotion: Promotion, reason: str) -> None:
    actor.must("deploy")
    if not reason.strip():
        raise Invalid("Say why, for those who asked.", where="reason")
    row = session.get_one(Promotion, promotion.id)
    if row.state not in {"planning", "review"}:
        raise AlreadyDecided(f"This promotion has ended: {row.state}.", hint="There is nothing left to reject.")
    row.state = moved(row.state, "reject")
    row.reason, row.ended_at = reason.strip()[:LONGEST_REASON], now()
    engine.submit(session, "discard", row.id, key="", order=row.id)
    record(session, actor.name, "promotion.rejected", f"{row.target_stage.name} #{row.id}",
           app_id=row.app_id, reason=row.reason)  # fmt: skip
    ring(session, f"promotion:{row.id}", f"app:{row.app_id}")
