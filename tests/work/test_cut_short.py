"""A promotion that is cut short, by a failure or a kill, leaves nothing that nobody ends or removes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.seeded import NoWork
from tests.work.dying import Died, MortalDatabase
from tests.work.meeting_aws import STACK, Shop, package

from seed.apps.records import FINDINGS, Account, Stage, StageLock
from seed.aws.errors import CredentialsExpired
from seed.aws.port import Cloud
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import ENDED
from seed.packages.trust import Trusted
from seed.promotions.records import Promotion
from seed.promotions.reject import reject
from seed.work import intake
from seed.work.build import build
from seed.work.promoting.apply import apply
from seed.work.promoting.auto_promote import promote_by_itself
from seed.work.promoting.discard import discard
from seed.work.promoting.plan import plan
from seed.work.rows import begin
from seed.work.sweep import end_what_lost_its_build


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def rejected(shop: Shop, promotion: int) -> None:
    with shop.world.database.write() as session:
        reject(session, shop.world.engine, shop.alice, shop.promotion(promotion), "no")


@pytest.mark.parametrize("lives", range(5))
def test_one_whose_ground_has_moved_ends_wherever_it_was_killed(shop: Shop, lives: int) -> None:
    shop.carried_out(shop.confirmed())
    asked = shop.confirmed(1)
    shop.cloud.put_in_state(STACK, "UPDATE_IN_PROGRESS")

    try:
        apply(replace(shop.world, database=MortalDatabase(shop.world.database, lives)), asked)
    except Died:
        apply(shop.world, asked)

    assert shop.promotion(asked).state == "stale"
    assert shop.row().state == "skipped"
    with shop.world.database.read() as session:
        assert session.scalars(sa.select(StageLock)).all() == []
        assert session.scalars(sa.select(Build.state).where(Build.promotion_id == asked)).one() in ENDED


@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize("lives", [*range(3), *range(7, 12)])
def test_what_waited_for_its_target_is_asked_for_wherever_it_was_killed(shop: Shop, lives: int, moves: bool) -> None:
    with shop.world.database.write() as session:
        session.get_one(Stage, shop.prod.id).auto_promote = FINDINGS
    shop.carried_out(shop.confirmed())
    asked = shop.confirmed(1)
    waits = works_now(shop)
    if moves:
        shop.cloud.put_in_state(STACK, "UPDATE_IN_PROGRESS")

    try:
        apply(replace(shop.world, database=MortalDatabase(shop.world.database, lives)), asked)
    except Died:
        apply(shop.world, asked)

    assert shop.promotion(asked).state == ("stale" if moves else "promoted")
    with shop.world.database.read() as session:
        by_itself = sa.select(Promotion.state).where(Promotion.source_build_id == waits)
        assert session.scalars(by_itself).all() == ["planning"]


def works_now(shop: Shop) -> int:
    """A build that works while the stage it would go to is busy."""
    with shop.world.database.write() as session:
        run = add_build(session, shop.dev.id, Commit(shop.commit), [shop.service], trigger="push", branch="main",
                        asked_by="seed")  # fmt: skip
        run.state = "succeeded"
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == run.id)).one()
        row.state, row.package_digest = "succeeded", package(2).digest
    promote_by_itself(shop.world, run.id)
    with shop.world.database.read() as session:
        assert session.scalar(sa.select(Promotion.id).where(Promotion.source_build_id == run.id)) is None
    return run.id


def test_one_that_an_older_version_left_confirmed_ends_at_the_next_start(shop: Shop) -> None:
    left = shop.confirmed()
    shop.carried_out(left)
    with shop.world.database.write() as session:
        session.get_one(Promotion, left).state = "confirmed"
        session.scalars(sa.select(Build).where(Build.promotion_id == left)).one().reason = "The stack has moved."
    waits = shop.confirmed(1)

    end_what_lost_its_build(shop.world)
    end_what_lost_its_build(shop.world)

    promotion = shop.promotion(left)
    assert (promotion.state, promotion.reason) == ("stale", "The stack has moved.")
    assert shop.promotion(waits).state == "confirmed"
    discarded(shop, left)
    assert shop.carried_out(waits).state == "promoted"


@pytest.mark.parametrize("lives", range(3, 40, 4))
def test_what_a_plan_made_before_it_was_killed_goes_with_the_promotion(shop: Shop, lives: int) -> None:
    assert working(shop)
    asked = intake.promote(shop.world, shop.alice, "shop", "dev").id
    shop.cloud.lives = lives
    with suppress(Died):
        plan(shop.world, asked)
    shop.cloud.lives = None
    rejected(shop, asked)

    plan(shop.world, asked)  # its job, begun again
    discard(shop.world, asked)

    assert shop.cloud.stack(STACK) is None


def test_a_build_whose_server_died_after_the_last_deployment_is_packaged_for_production_all_the_same(
    shop: Shop,
) -> None:
    with shop.world.database.write() as session:
        run = add_build(session, shop.dev.id, Commit(shop.commit), [shop.service], trigger="push", branch="main",
                        asked_by="seed")  # fmt: skip
    begin(shop.world, run.id)
    with shop.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == run.id)).one()
        row.state, row.package_digest = "succeeded", "sha256:1"

    build(shop.world, run.id)

    engine = shop.world.engine
    assert isinstance(engine, NoWork)
    assert ("package", run.id) in engine.jobs
    with shop.world.database.read() as session:
        assert session.get_one(Build, run.id).state == "succeeded"
        assert session.scalars(sa.select(DownstreamPackage.stage_id)).all() == [shop.prod.id]


def test_a_plan_that_was_killed_and_has_another_package_now_reviews_and_runs_that_one(shop: Shop) -> None:
    asked = shop.confirmed(0)
    rejected(shop, asked)
    again = intake.promote(shop.world, shop.alice, "shop", "dev").id
    shop.cloud.lives = 8
    with suppress(Died):
        plan(shop.world, again)
    shop.cloud.lives = None
    [before] = [name for name in shop.cloud.change_sets(STACK) if f"-{again}-" in name]
    other = package(1)
    shop.world.store.put(Trusted(other, {}))
    with shop.world.database.write() as session:  # a variable was set meanwhile, say
        session.execute(sa.update(DownstreamPackage).values(digest=other.digest))

    plan(shop.world, again)
    intake.confirm(shop.world, shop.alice, again, shop.promotion(again).digest)

    assert shop.carried_out(again).state == "promoted"
    assert before == shop.row().change_set_name
    assert shop.cloud.template(STACK) == other.template


def test_one_that_ends_while_it_is_planned_leaves_nothing_though_its_discarding_was_over_before(shop: Shop) -> None:
    assert working(shop)
    asked = intake.promote(shop.world, shop.alice, "shop", "dev").id
    over: list[int] = []

    def connect(_account: Account) -> Cloud:
        if not over:
            over.append(asked)
            rejected(shop, asked)
            discard(shop.world, asked)  # its job, which runs once: nothing has been made yet
        return shop.cloud

    plan(replace(shop.world, connect=connect), asked)

    assert over
    assert shop.promotion(asked).state == "rejected"
    assert shop.cloud.stack(STACK) is None


def working(shop: Shop) -> bool:
    """The stage that is promoted from has a working build, and the next one is empty."""
    before = shop.confirmed()
    rejected(shop, before)
    discard(shop.world, before)
    return shop.cloud.stack(STACK) is None


def discarded(shop: Shop, promotion: int) -> None:
    """By the jobs that were asked for."""
    engine = shop.world.engine
    assert isinstance(engine, NoWork)
    assert ("discard", promotion) in engine.jobs
    discard(shop.world, promotion)


def test_what_a_failed_promotion_has_not_executed_is_removed(shop: Shop) -> None:
    asked = shop.confirmed()
    shop.cloud.failing.append(CredentialsExpired("They have expired.", hint=""))

    assert shop.carried_out(asked).state == "failed"
    discarded(shop, asked)

    assert shop.cloud.stack(STACK) is None
    assert shop.carried_out(shop.confirmed(1)).state == "promoted"


def test_what_it_has_executed_stays(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    asked = shop.confirmed(1)
    shop.cloud.fail_resource = "Queue"

    assert shop.carried_out(asked).state == "failed"
    discarded(shop, asked)

    assert shop.cloud.change_set(STACK, shop.row().change_set_arn) is not None
