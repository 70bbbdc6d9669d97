"""Who goes before builds: what a person has confirmed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from tests.work.meeting_aws import Shop

from seed.people.actor import SEED
from seed.work.jobs.in_turn import Run, build_in_turn, promotion_in_turn
from seed.work.jobs.turns import Most, Turns


class Noted(Turns):
    """Says of each job whether it goes before others."""

    def __init__(self) -> None:
        super().__init__(Most(8, 8), Event())
        self.first: list[bool] = []

    @contextmanager
    def taken(self, app: int, *, confirmed: bool, say: Callable[[str], None]) -> Iterator[None]:
        self.first.append(confirmed)
        with super().taken(app, confirmed=confirmed, say=say):
            yield


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def goes_first(shop: Shop, in_turn: Callable[[Run], Run], number: int) -> bool:
    turns, ran = Noted(), list[int]()
    in_turn(lambda _world, run_id: ran.append(run_id))(replace(shop.world, turns=turns), number)
    assert ran == [number]
    return turns.first == [True]


def test_what_a_person_confirmed_goes_first_and_what_came_by_itself_queues_as_builds_do(shop: Shop) -> None:
    by_alice = shop.confirmed()
    assert goes_first(shop, promotion_in_turn, by_alice)
    shop.carried_out(by_alice)

    by_itself = shop.confirmed(1, by=SEED)
    assert not goes_first(shop, promotion_in_turn, by_itself)
    assert not goes_first(shop, build_in_turn, shop.promotion(by_itself).target_build_id or 0)
