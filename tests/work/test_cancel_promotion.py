"""A promotion whose own commands hang is cancelled: they are gone at once, and it says what ran and what did not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from tests.support.waiting import eventually
from tests.work.meeting_aws import HANGS, STACK, Shop, opened, while_it_hangs

from seed.builds.cancel import cancel
from seed.builds.records import Build, DownstreamPackage
from seed.promotions.cancel import cancel_any
from seed.promotions.reject import reject
from seed.work import intake
from seed.work.jobs.overdue import SAID, stop_what_is_overdue
from seed.work.logs.log import read
from seed.work.promoting.apply import apply
from seed.work.promoting.plan import plan


def cancelled(shop: Shop, promotion: int) -> None:
    def ask() -> None:
        with shop.world.database.write() as session:
            build = session.scalars(sa.select(Build).where(Build.promotion_id == promotion)).one()
            cancel_any(session, shop.world.engine, shop.alice, build)

    while_it_hangs(lambda: apply(shop.world, promotion), shop.log, ask)


def test_before_its_deployment_nothing_is_deployed(tmp_path: Path) -> None:
    with opened(tmp_path, f"before_deploy: ['{HANGS}']\n") as shop:
        asked = shop.confirmed()

        cancelled(shop, asked)

        done, row = shop.promotion(asked), shop.row()
        assert (done.state, row.state) == ("failed", "cancelled")
        assert done.reason == "Cancelled while it was carried out. Deployed: nothing. Not, or not to its end: api."
        assert shop.cloud.executed == []


def test_after_its_deployment_it_says_that_the_stack_is_deployed(tmp_path: Path) -> None:
    with opened(tmp_path, f"after_deploy: ['{HANGS}']\n") as shop:
        asked = shop.confirmed()

        cancelled(shop, asked)

        done, row = shop.promotion(asked), shop.row()
        assert (done.state, row.state) == ("failed", "cancelled")
        assert row.reason == "Cancelled after its stack was deployed: what follows has not run to its end."
        assert shop.cloud.stack(STACK).status == "CREATE_COMPLETE"


def test_after_all_deployments_its_services_stay_deployed(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        with shop.world.database.write() as session:
            session.merge(shop.prod).post_deploy = HANGS
        asked = shop.confirmed()

        cancelled(shop, asked)

        done, row = shop.promotion(asked), shop.row()
        assert (done.state, row.state) == ("failed", "succeeded")
        assert done.reason.startswith("post_deploy was cancelled. The services are deployed;")


def test_what_was_cancelled_before_a_crash_is_not_deployed_after_it(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        asked = shop.confirmed()
        with shop.world.database.write() as session:
            build = session.scalars(sa.select(Build).where(Build.promotion_id == asked)).one()
            build.state = "running"
            session.flush()
            cancel(session, shop.alice, build)

        assert shop.carried_out(asked).state == "failed"
        assert shop.row().reason == "Cancelled before it was deployed."
        assert shop.cloud.executed == []


def test_one_that_is_still_packaged_for_is_stopped_by_rejecting_it(tmp_path: Path) -> None:
    with opened(tmp_path, f"before_build: ['{HANGS}']\n") as shop:
        shop.carried_out(shop.confirmed())
        with shop.world.database.write() as session:
            made = session.scalars(sa.select(DownstreamPackage)).one()
            made.state = "missing"
        asked = intake.promote(shop.world, shop.alice, "shop", "dev").id

        def ask() -> None:
            with shop.world.database.write() as session:
                reject(session, shop.world.engine, shop.alice, shop.promotion(asked), "It hangs.")

        def log() -> str:
            return "\n".join(line.text for line in read(shop.world.folders.package_log(made.id), 0, 1000))

        while_it_hangs(lambda: plan(shop.world, asked), log, ask)

        assert shop.promotion(asked).state == "rejected"
        with shop.world.database.read() as session:
            assert session.get_one(DownstreamPackage, made.id).state == "missing", "the next one makes it"


def test_what_takes_longer_than_its_build_may_is_stopped_and_has_failed(tmp_path: Path) -> None:
    with opened(tmp_path, f"build_timeout: 1s\nbefore_deploy: ['{HANGS}']\n") as shop:
        asked = shop.confirmed()

        def overdue() -> bool:
            stop_what_is_overdue(shop.world)
            with shop.world.database.read() as session:
                return session.scalars(sa.select(Build.overdue).where(Build.promotion_id == asked)).one()

        while_it_hangs(lambda: apply(shop.world, asked), shop.log, lambda: eventually(overdue, "its end") and None)

        with shop.world.database.read() as session:
            build = session.scalars(sa.select(Build).where(Build.promotion_id == asked)).one()
        assert (build.state, build.reason) == ("failed", SAID)
        assert (shop.promotion(asked).state, shop.promotion(asked).reason) == ("failed", SAID)
        assert shop.cloud.executed == []


def test_a_build_in_its_time_goes_on(tmp_path: Path) -> None:
    with opened(tmp_path, "build_timeout: 1h\n") as shop:
        asked = shop.confirmed()
        shop.cloud.when_executing = lambda: stop_what_is_overdue(shop.world)

        assert shop.carried_out(asked).state == "promoted"
        with shop.world.database.read() as session:
            build = session.scalars(sa.select(Build).where(Build.promotion_id == asked)).one()
        assert build.started_at is not None
        assert timedelta(minutes=59) < build.ends_by - build.started_at < timedelta(minutes=61), "that of the file"
