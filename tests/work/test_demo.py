"""The demo, started again, takes a person on from where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.demo.story import Story
from seed.people.actor import Actor
from seed.promotions.records import Promotion


@pytest.mark.parametrize("state", ["stale", "rejected", "expired", "unchanged", "promoted"])
def test_what_was_planned_and_has_ended_is_not_planned_again(shop: Seeded, tmp_path: Path, state: str) -> None:
    story = Story(shop.world, Actor(1, "Alice", "admin"), tmp_path, print, "")
    with shop.world.database.write() as session:
        newest, *others = session.scalars(sa.select(Promotion).order_by(Promotion.id.desc())).all()
        build = next(one.source_build for one in others if one.source_build_id != newest.source_build_id)
        for one in others:
            one.state = state
        newest.state, number = "review", newest.id

    assert story._planned(build).id == number
    with shop.world.database.read() as session:
        assert session.scalar(sa.select(sa.func.max(Promotion.id))) == number
