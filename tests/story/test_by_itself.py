"""Promotions that come by themselves run what was planned, and stop where somebody has to read."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.story.orders import replace_the_table
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.apps.edit_stage import set_auto_promote
from seed.apps.find import stage_of
from seed.git.command import git
from seed.promotions.records import Confirmation, Promotion
from seed.work import intake


def level(app: TestApp, wanted: str) -> None:
    with app.world.database.write() as session:
        set_auto_promote(session, app.seed.alice, stage_of(session, app.seed.alice, app.slug, "prod"), wanted)


def promotions(app: TestApp) -> list[tuple[int, str]]:
    with app.world.database.read() as session:
        query = sa.select(Promotion.source_build_id, Promotion.state).where(Promotion.asked_by == "seed")
        return [(build, state) for build, state in session.execute(query.order_by(Promotion.id))]


def of(app: TestApp, build_id: int) -> str:
    """How the promotion of a build stands, once nothing is left to do."""
    eventually(lambda: build_id in dict(promotions(app)), f"the promotion of build {build_id}")
    eventually(lambda: not app.world.engine.pending(), "nothing left to do")
    return dict(promotions(app))[build_id]


def new_code(app: TestApp, text: str) -> None:
    app.repository.write("api/hello.js", f"exports.handler = async () => '{text}';\n")
    app.repository.commit(text)


def test_routine_changes_go_through_and_others_wait_for_a_person(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    level(app, "findings")

    new_code(app, "more code")
    routine = app.deploy()
    assert of(app, routine.id) == "promoted"

    replace_the_table(app)
    dangerous = app.deploy()
    assert of(app, dangerous.id) == "review"

    with app.world.database.read() as session:
        asked = sa.select(Promotion).where(Promotion.source_build_id == routine.id)
        done = session.scalars(asked).one()
        by = session.scalars(sa.select(Confirmation).where(Confirmation.promotion_id == done.id)).one()
        assert (by.person, by.person_id, by.digest) == ("seed", None, done.digest)


@pytest.mark.parametrize(("wanted", "state"), [("review", "review"), ("never", "promoted")])
def test_a_level_says_who_reads(make_app: MakeApp, wanted: str, state: str) -> None:
    app = make_app()
    app.live()
    level(app, wanted)
    new_code(app, "more code") if wanted == "review" else replace_the_table(app)

    assert of(app, app.deploy().id) == state


def test_a_review_that_nobody_decided_makes_room_for_the_next_build(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    level(app, "review")
    new_code(app, "first")
    first = app.deploy()
    assert of(app, first.id) == "review"

    new_code(app, "second")
    second = app.deploy()

    assert of(app, second.id) == "review"
    assert of(app, first.id) == "stale"


def test_a_build_is_promoted_once_also_when_its_end_is_told_again(make_app: MakeApp) -> None:
    from seed.work.promoting.auto_promote import promote_by_itself

    app = make_app()
    app.live()
    level(app, "findings")
    new_code(app, "more code")
    build = app.deploy()
    assert of(app, build.id) == "promoted"

    promote_by_itself(app.world, build.id)

    assert [state for source, state in promotions(app) if source == build.id] == ["promoted"]


def test_another_source_is_built_at_once_and_one_that_is_not_there_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    git(("checkout", "--quiet", "-b", "next"), cwd=app.repository.folder)
    new_code(app, "of the other branch")

    build = app.ended(intake.update_source(app.world, app.seed.alice, app.slug, "dev", "next").id)

    assert (build.state, build.branch, build.subject) == ("succeeded", "next", "of the other branch")
    with pytest.raises(Exception, match="no-such-branch"):
        intake.update_source(app.world, app.seed.alice, app.slug, "dev", "no-such-branch")
    with app.world.database.read() as session:
        assert stage_of(session, app.seed.alice, app.slug, "dev").branch == "next"
