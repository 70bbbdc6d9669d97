"""Promotions of the seeded shop: which one, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.seeded import Seeded

from seed.promotions.records import Promotion


def find(
    shop: Seeded, state: str = "review", services: int = 1, has: str = "", lacks: str = "", kind: str = "promotion"
) -> int:
    with shop.world.database.read() as session:
        for one in session.scalars(sa.select(Promotion).where(Promotion.state == state, Promotion.kind == kind)):
            text = str([plan.changes for plan in one.plans])
            if len(one.plans) == services and has in text and not (lacks and lacks in text):
                return one.id
    raise AssertionError("there is no such promotion")


def state(shop: Seeded, number: int) -> str:
    with shop.world.database.read() as session:
        return session.get_one(Promotion, number).state


def unlocked(shop: Seeded) -> None:
    """End what seems to run in staging and make its first build the working one again."""
    from seed.builds.records import Build

    def end(session: Session) -> None:
        session.execute(sa.update(Build).where(Build.state == "running").values(state="cancelled"))

    shop.write(end)
