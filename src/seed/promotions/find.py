"""Fetch promotions through the person who asks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import app_of
from seed.errors import NotFound
from seed.people.actor import Actor
from seed.promotions.records import Promotion


def promotion_of(session: Session, actor: Actor, promotion_id: int) -> Promotion:
    actor.must("read")
    promotion = session.get(Promotion, promotion_id)
    if promotion is None:
        raise NotFound(f"There is no promotion {promotion_id}.")
    return promotion


def promotions_of(session: Session, actor: Actor, slug: str, limit: int = 50) -> list[Promotion]:
    """Newest first."""
    app = app_of(session, actor, slug)
    return list(
        session.scalars(
            sa.select(Promotion).where(Promotion.app_id == app.id).order_by(Promotion.id.desc()).limit(limit)
        )
    )
