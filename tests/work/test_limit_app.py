"""An app's own limit of stages at work: at most the server's, heeded at once and after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from tests.work.meeting_aws import Shop

from seed.errors import Invalid
from seed.people.actor import Actor, NotAllowed
from seed.work.jobs.turns import Most, Turns
from seed.work.limit_app import heed_limits, limit_app


class Told(Turns):
    """Says what it was told."""

    def __init__(self) -> None:
        super().__init__(Most(8, 6), Event())
        self.limits: dict[int, int] = {}

    def limit(self, app: int, own: int) -> None:
        self.limits[app] = own


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def test_it_is_heeded_at_once_and_after_a_restart(shop: Shop) -> None:
    now, later = Told(), Told()

    limit_app(replace(shop.world, turns=now), shop.alice, "shop", 2)
    heed_limits(replace(shop.world, turns=later))

    assert now.limits == later.limits == {shop.app.id: 2}


@pytest.mark.parametrize("number", [-1, 7])
def test_it_is_at_most_the_servers(shop: Shop, number: int) -> None:
    with pytest.raises(Invalid, match="up to 6 stages"):
        limit_app(shop.world, shop.alice, "shop", number)


def test_an_admin_sets_it(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        limit_app(shop.world, Actor(1, "Bob", "deploy"), "shop", 2)
