"""A confirmed promotion that waits for its turn can be taken back, until it begins: one of the two happens, never both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.meeting_aws import STACK, Shop

from seed.builds.records import Build
from seed.errors import SeedError
from seed.promotions.cancel import REASON, cancel_any
from seed.promotions.confirm import AlreadyDecided
from seed.promotions.reject import reject
from seed.work import intake
from seed.work.promoting.apply import apply
from seed.work.promoting.discard import discard
from seed.work.rows import begin


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def build_of(shop: Shop, promotion: int) -> Build:
    with shop.world.database.read() as session:
        return session.scalars(sa.select(Build).where(Build.promotion_id == promotion)).one()


def taken_back(shop: Shop, promotion: int, how: str) -> None:
    with shop.world.database.write() as session:
        if how == "cancel":
            cancel_any(session, shop.world.engine, shop.alice, build_of(shop, promotion))
        else:
            reject(session, shop.world.engine, shop.alice, shop.promotion(promotion), "Not on a Friday.")


@pytest.mark.parametrize(("how", "reason"), [("cancel", REASON), ("reject", "Not on a Friday.")])
def test_one_that_waits_ends_as_rejected_and_nothing_is_deployed(shop: Shop, how: str, reason: str) -> None:
    asked = shop.confirmed()
    taken_back(shop, asked, how)

    apply(shop.world, asked)  # its turn comes all the same
    discard(shop.world, asked)

    done, build = shop.promotion(asked), build_of(shop, asked)
    assert (done.state, done.reason, done.ended_at is not None) == ("rejected", reason, True)
    assert (build.state, build.reason, shop.row().state) == (
        "cancelled", "Its promotion was taken back while it waited for its turn.", "cancelled",
    )  # fmt: skip
    assert shop.cloud.executed == []
    assert shop.cloud.stack(STACK) is None, "the stack that was made to hold its change set is gone"
    with pytest.raises(AlreadyDecided, match="has ended: rejected"):
        intake.confirm(shop.world, shop.alice, asked, done.digest)
    assert shop.carried_out(shop.confirmed(1)).state == "promoted", "the stage is free for the next one"


def test_one_that_has_begun_is_not_rejected(shop: Shop) -> None:
    asked = shop.confirmed()
    assert begin(shop.world, build_of(shop, asked).id) is not None

    with pytest.raises(SeedError, match="is being deployed"):
        taken_back(shop, asked, "reject")

    assert shop.carried_out(asked).state == "promoted"


def test_one_that_is_taken_back_does_not_begin(shop: Shop) -> None:
    asked = shop.confirmed()
    taken_back(shop, asked, "cancel")

    assert begin(shop.world, build_of(shop, asked).id) is None
    with pytest.raises(AlreadyDecided):
        taken_back(shop, asked, "reject")
