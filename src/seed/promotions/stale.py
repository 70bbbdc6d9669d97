"""End a promotion whose ground has moved; its change sets are thrown away by a job."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import now, ring
from seed.promotions.records import Promotion
from seed.promotions.states import moved
from seed.work.jobs.engine import Engine


def make_stale(session: Session, engine: Engine, promotion: Promotion, reason: str) -> None:
    _end(session, engine, promotion, "stale", reason)
    record(session, "seed", "promotion.stale", f"#{promotion.id}", app_id=promotion.app_id, reason=reason)


def expire(session: Session, engine: Engine, promotion: Promotion, days: float) -> None:
    _end(session, engine, promotion, "expire", f"nobody confirmed it within {days:g} days")
    record(session, "seed", "promotion.expired", f"#{promotion.id}", app_id=promotion.app_id)


def _end(session: Session, engine: Engine, promotion: Promotion, event: str, reason: str) -> None:
    row = session.get_one(Promotion, promotion.id)
    row.state = moved(row.state, event)
    row.reason, row.ended_at = reason, now()
    engine.submit(session, "discard", row.id, key="", order=row.id)
    ring(session, f"promotion:{row.id}", f"app:{row.app_id}")
