"""What CloudFormation is updating goes back when somebody asks for it; nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.meeting_aws import STACK, Shop

from seed.builds.cancel import cancel
from seed.builds.records import Build
from seed.builds.states import NotPossible


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.cloud.events_per_look = 1
    yield made
    made.world.database.close()


def carried_out(shop: Shop, version: int) -> tuple[str, Build]:
    """Somebody asks as soon as CloudFormation is at work; without `update` that is refused."""
    promotion = shop.confirmed(version)
    with shop.world.database.read() as session:
        build = session.scalars(sa.select(Build).where(Build.promotion_id == promotion)).one()

    def ask() -> None:
        with shop.world.database.write() as session:
            with pytest.raises(NotPossible, match="CloudFormation is at work on api"):
                cancel(session, shop.alice, build)
            cancel(session, shop.alice, build, update=True)

    shop.cloud.when_executing = ask
    try:
        return shop.carried_out(promotion).state, build
    finally:
        shop.cloud.when_executing = lambda: None


def test_a_running_update_is_rolled_back_and_the_stack_is_as_it_was(shop: Shop) -> None:
    shop.cloud.events_per_look = 1000
    assert shop.carried_out(shop.confirmed()).state == "promoted"
    before = shop.cloud.template(STACK)
    shop.cloud.events_per_look = 1

    state, _ = carried_out(shop, 1)

    row = shop.row()
    assert (state, row.state) == ("failed", "failed")
    assert (row.failure or {})["code"] == "update-cancelled"
    assert shop.cloud.template(STACK) == before
    assert shop.cloud.stack(STACK).status == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Cancelling the update of {STACK}" in shop.log()
    assert row.attempts is None, "nobody tries again what somebody cancelled"
    shop.cloud.events_per_look = 1000
    assert shop.carried_out(shop.confirmed(1)).state == "promoted"


def test_a_first_deployment_goes_on_and_says_so(shop: Shop) -> None:
    shop.cloud.events_per_look = 2

    state, _ = carried_out(shop, 0)

    assert state == "promoted"
    assert f"Not cancelled: {STACK} is made for the first time" in shop.log()


def test_a_confirmed_promotion_that_waits_is_not_cancelled_apart_from_its_review(shop: Shop) -> None:
    promotion = shop.confirmed()
    with shop.world.database.write() as session:
        build = session.scalars(sa.select(Build).where(Build.promotion_id == promotion)).one()
        assert build.state == "queued"
        with pytest.raises(NotPossible):
            cancel(session, shop.alice, build, update=True)
        assert not build.cancel_requested
        assert not build.cancel_update
