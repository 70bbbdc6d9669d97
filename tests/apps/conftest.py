"""Rows of an app in which nothing is at work and nothing is open; and a transaction of them that is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session
from tests.support.seeded import Seeded, copied

from seed.builds.records import Build
from seed.promotions.records import Promotion

OPEN = ("planning", "review", "confirmed", "deploying")


@pytest.fixture(scope="session")
def shop(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    made = copied(template, tmp_path_factory.mktemp("apps"))
    made.write(lambda s: s.query(Build).filter(Build.state.in_(("queued", "running"))).update({"state": "cancelled"}))
    made.write(lambda s: s.query(Promotion).filter(Promotion.state.in_(OPEN)).update({"state": "rejected"}))
    yield made
    made.close()


@pytest.fixture
def session(shop: Seeded) -> Iterator[Session]:
    """A transaction that is taken back."""
    with Session(shop.world.database.writing, expire_on_commit=False) as made, made.begin() as transaction:
        yield made
        transaction.rollback()
