"""A bug of Seed's in a job: what the job worked on ends and says so, and its stage is free."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.seeded import NoWork, Seeded
from tests.work.dying import Died

from seed.apps.records import App, Stage, StageLock
from seed.audit.record import record
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.errors import Stopping
from seed.promotions.records import Promotion
from seed.removals.records import Removal, RemovedStack
from seed.work import rows
from seed.work.jobs.engine import Kind
from seed.work.jobs.give_up import or_give_up
from seed.work.world import World

BUG = "Seed itself failed here."


def broken() -> None:
    raise KeyError("a bug")


def new_build(session: Session) -> Build:
    """The next one of a stage whose builds have all ended."""
    busy = sa.select(Build.stage_id).where(Build.state.not_in(ENDED))
    last = session.scalars(sa.select(Build).where(Build.stage_id.not_in(busy)).order_by(Build.number.desc())).first()
    assert last is not None
    build = Build(
        app_id=last.app_id, stage_id=last.stage_id, number=last.number + 1, commit=last.commit, subject="x", branch="main",
        trigger="manual", asked_by="Alice", state="queued",
    )  # fmt: skip
    session.add(build)
    session.flush()
    session.add(
        ServiceBuild(
            build_id=build.id, stage_id=build.stage_id, service_id=last.services[0].service_id, state="waiting"
        )
    )
    session.flush()
    return build


def begun(world: World) -> int:
    with world.database.write() as session:
        build_id = new_build(session).id
    assert rows.begin(world, build_id) is not None
    return build_id


def free(world: World, build_id: int) -> bool:
    with world.database.read() as session:
        return session.scalar(sa.select(StageLock.build_id).where(StageLock.build_id == build_id)) is None


def test_a_build_has_failed_and_its_stage_is_free(shop: Seeded) -> None:
    build_id = begun(shop.world)

    or_give_up(shop.world, "build", build_id, broken)

    with shop.world.database.read() as session:
        build = session.get_one(Build, build_id)
        assert (build.state, build.reason) == ("failed", BUG)
        assert [row.state for row in build.services] == ["failed"]
    assert free(shop.world, build_id)


@pytest.mark.parametrize("state", ["planning", "confirmed", "deploying"])
def test_a_promotion_has_failed_with_its_build(shop: Seeded, state: str) -> None:
    build_id = begun(shop.world)
    with shop.world.database.write() as session:
        promotion = session.scalars(sa.select(Promotion)).first()
        assert promotion is not None
        promotion.state, promotion.target_build_id = state, None if state == "planning" else build_id
        promotion_id = promotion.id

    or_give_up(shop.world, "plan" if state == "planning" else "apply", promotion_id, broken)

    with shop.world.database.read() as session:
        promotion = session.get_one(Promotion, promotion_id)
        assert (promotion.state, promotion.reason) == ("failed", BUG)
    assert free(shop.world, build_id) is (state != "planning")


def test_a_promotion_ends_with_its_build_or_not_at_all(shop: Seeded) -> None:
    class Dies(NoWork):
        def submit(self, session: Session, kind: Kind, run_id: int, *, key: str, order: int, again: int = 0) -> None:
            super().submit(session, kind, run_id, key=key, order=order, again=again)
            raise Died

    build_id = begun(shop.world)
    with shop.world.database.write() as session:
        promotion = session.scalars(sa.select(Promotion)).first()
        assert promotion is not None
        promotion.state, promotion.target_build_id = "deploying", build_id

    with pytest.raises(Died):
        or_give_up(replace(shop.world, engine=Dies()), "apply", promotion.id, broken)
    with shop.world.database.read() as session:
        states = session.get_one(Promotion, promotion.id).state, session.get_one(Build, build_id).state
    assert states == ("deploying", "running")
    assert not free(shop.world, build_id)

    or_give_up(shop.world, "apply", promotion.id, broken)
    with shop.world.database.read() as session:
        assert session.get_one(Promotion, promotion.id).state == "failed"
    assert free(shop.world, build_id)


def test_a_review_that_was_reached_stays(shop: Seeded) -> None:
    with shop.world.database.read() as session:
        review = session.scalars(sa.select(Promotion).where(Promotion.state == "review")).first()
    assert review is not None

    or_give_up(shop.world, "plan", review.id, broken)

    with shop.world.database.read() as session:
        assert session.get_one(Promotion, review.id).state == "review"


def test_a_removal_has_failed_and_its_stage_takes_builds_again(shop: Seeded) -> None:
    with shop.world.database.write() as session:
        app = session.scalars(sa.select(App)).one()
        stage = session.scalars(sa.select(Stage).where(Stage.app_id == app.id)).all()[0]
        stage.removing = True
        removal = Removal(app_id=app.id, app=app.name, stage=stage.name, asked_by="Alice")
        session.add(removal)
        session.flush()
        for state in ("gone", "deleting", "waiting"):
            session.add(
                RemovedStack(
                    removal_id=removal.id,
                    account_id=stage.account_id,
                    stage=stage.name,
                    service=state,
                    phase=1,
                    stack_name=state,
                    state=state,
                )
            )
        record(session, "Alice", "removal.asked", stage.name, app_id=app.id)
        removal_id, stage_id = removal.id, stage.id

    or_give_up(shop.world, "remove", removal_id, broken)

    with shop.world.database.read() as session:
        removal = session.get_one(Removal, removal_id)
        assert (removal.state, removal.reason) == ("failed", BUG)
        assert [row.state for row in removal.stacks] == ["gone", "failed", "failed"]
        assert session.get_one(Stage, stage_id).removing is False


def test_a_server_that_stops_gives_nothing_up(shop: Seeded) -> None:
    build_id = begun(shop.world)

    def stops() -> None:
        raise Stopping

    with pytest.raises(Stopping):
        or_give_up(shop.world, "build", build_id, stops)

    with shop.world.database.read() as session:
        assert session.get_one(Build, build_id).state == "running"


@pytest.mark.parametrize("kind", ["build", "plan", "apply", "remove", "package", "discard"])
def test_what_is_gone_needs_no_end(shop: Seeded, kind: Kind) -> None:
    or_give_up(shop.world, kind, 10**9, broken)
