"""Nobody's code reaches production, or sees its variables, without a person: not a branch's, not a pull request's, and
least of all a fork's, whichever forge tells of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges.hearing import Github, builds
from tests.forges.stages import branch, by_hand, made, switch, told, work, work_well
from tests.support.seeded import Seeded

from seed.apps.records import BRANCH, NEVER, PULL_REQUEST, App, Stage
from seed.aws.fake import FakeCloud
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.git.command import git
from seed.people.actor import Actor
from seed.promotions.records import Promotion, ServicePlan
from seed.server import application
from seed.work import intake
from seed.work.promoting.auto_promote import confirm_by_itself, promote_by_itself, promote_what_waited
from seed.work.promoting.plan import plan
from seed.work.source.strangers import StrangersCode

pytestmark = pytest.mark.usefixtures("idle")

ALICE = Actor(1, "Alice", "admin")
HEAD = "a" * 40


@pytest.fixture
def open_gates(shop: Seeded) -> None:
    """Staging and production take whatever works; what is open from before is decided."""
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.branch == "").values(auto_promote=NEVER)))
    shop.write(lambda s: s.execute(sa.update(Promotion).values(state="rejected")))


def built_on_dev(shop: Seeded, github: Github, commit: str) -> int:
    github.push(commit)
    work(shop)
    build = builds(shop)[-1]
    work_well(shop, build.id)
    return build.id


def by_themselves(shop: Seeded) -> list[Promotion]:
    with shop.world.database.read() as session:
        return list(session.scalars(sa.select(Promotion).where(Promotion.asked_by == "seed")))


def asked_of(shop: Seeded, build: int) -> list[Promotion]:
    with shop.world.database.read() as session:
        return list(session.scalars(sa.select(Promotion).where(Promotion.source_build_id == build)))


@pytest.mark.usefixtures("open_gates")
def test_what_works_on_the_apps_own_branch_goes_on_by_itself(shop: Seeded, github: Github) -> None:
    build = built_on_dev(shop, github, shop.repository.commit("On main", allow_empty=True))

    promote_by_itself(shop.world, build)

    assert [one.source_build_id for one in by_themselves(shop)] == [build]


@pytest.mark.usefixtures("open_gates")
@pytest.mark.parametrize("origin", [BRANCH, PULL_REQUEST])
def test_what_a_branch_or_a_pull_request_built_does_not(shop: Seeded, github: Github, origin: str) -> None:
    switch(shop, origin)
    head = branch(shop, "changes")
    told(shop, github, "opened", head) if origin == PULL_REQUEST else (github.push(head, "changes"), work(shop))
    [build] = builds(shop)
    work_well(shop, build.id)

    promote_by_itself(shop.world, build.id)

    assert by_themselves(shop) == []


@pytest.mark.usefixtures("open_gates")
def test_a_stage_that_somebody_made_for_another_branch_does_not_either(shop: Seeded, github: Github) -> None:
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.name == "feature").values(branch="changes")))
    github.push(branch(shop, "changes"), "changes")
    work(shop)
    [build] = builds(shop)
    work_well(shop, build.id)

    promote_by_itself(shop.world, build.id)

    assert by_themselves(shop) == []


@pytest.mark.usefixtures("open_gates")
def test_a_forks_commit_on_the_apps_own_stage_does_not(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("By Eve", allow_empty=True)
    told(shop, github, "opened", commit, fork=True)
    build = built_on_dev(shop, github, commit)

    promote_by_itself(shop.world, build)

    assert by_themselves(shop) == []


@pytest.mark.usefixtures("open_gates")
def test_by_hand_only_what_is_on_the_apps_own_branch_goes_on(shop: Seeded) -> None:
    old = shop.repository.commit("On main", allow_empty=True)
    shop.repository.commit("Newer", allow_empty=True)
    aside = branch(shop, "aside")

    promote_by_itself(shop.world, by_hand(shop, aside))
    assert by_themselves(shop) == []

    on_main = by_hand(shop, old)
    promote_by_itself(shop.world, on_main)
    assert [one.source_build_id for one in by_themselves(shop)] == [on_main]


@pytest.mark.usefixtures("open_gates")
def test_what_one_service_runs_from_elsewhere_keeps_the_others_back_until_it_is_replaced(shop: Seeded) -> None:
    main = shop.repository.commit("On main", allow_empty=True)
    by_hand(shop, branch(shop, "aside"), ["orders"])

    promote_by_itself(shop.world, by_hand(shop, main, ["users", "mails"]))
    assert by_themselves(shop) == []

    whole = by_hand(shop, main)
    promote_by_itself(shop.world, whole)
    assert [one.source_build_id for one in by_themselves(shop)] == [whole]


@pytest.mark.usefixtures("open_gates")
def test_a_build_of_a_branch_that_the_stage_followed_once_does_not_go_on(shop: Seeded, github: Github) -> None:
    build = built_on_dev(shop, github, shop.repository.commit("On main", allow_empty=True))
    shop.write(lambda s: s.execute(sa.update(Build).where(Build.id == build).values(branch="next")))

    promote_by_itself(shop.world, build)

    assert by_themselves(shop) == []


@pytest.mark.usefixtures("open_gates")
def test_what_the_branch_lost_while_it_was_planned_is_not_confirmed(shop: Seeded) -> None:
    build = by_hand(shop, shop.repository.commit("On main", allow_empty=True))
    promote_by_itself(shop.world, build)
    [asked] = by_themselves(shop)
    shop.write(lambda s: s.execute(sa.update(Promotion).where(Promotion.id == asked.id).values(state="review")))
    git(("reset", "--hard", "--quiet", "HEAD~1"), cwd=shop.repository.folder)
    with shop.world.database.read() as session:
        shop.world.mirror(session.scalars(sa.select(App)).one()).sync()

    confirm_by_itself(shop.world, asked.id)

    assert [one.state for one in by_themselves(shop)] == ["review"]


@pytest.mark.usefixtures("open_gates")
def test_after_a_promotion_only_what_may_is_asked_for(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    told(shop, github, "opened", branch(shop, "changes"))
    [ours] = builds(shop)
    work_well(shop, ours.id)
    dev = built_on_dev(shop, github, shop.repository.commit("On main", allow_empty=True))

    def any_promotion_to_staging(session: Any) -> int:
        staging = session.scalars(sa.select(Stage.id).where(Stage.name == "staging")).one()
        return int(session.scalars(sa.select(Promotion.id).where(Promotion.target_stage_id == staging)).first())

    promote_what_waited(shop.world, shop.write(any_promotion_to_staging))

    assert [one.source_build_id for one in by_themselves(shop)] == [dev]


@pytest.mark.usefixtures("open_gates")
def test_a_rollback_of_staging_goes_on_only_when_somebody_promotes_it(shop: Seeded) -> None:
    """Also when production goes on later; what replaces the rollback goes on by itself again."""
    back = in_staging(shop, "rollback")
    promote_by_itself(shop.world, back)
    assert by_themselves(shop) == []

    def any_promotion_to_production(session: Any) -> int:
        prod = session.scalars(sa.select(Stage.id).where(Stage.name == "prod")).one()
        return int(session.scalars(sa.select(Promotion.id).where(Promotion.target_stage_id == prod)).first())

    promote_what_waited(shop.world, shop.write(any_promotion_to_production))
    assert back not in {one.source_build_id for one in by_themselves(shop)}

    only_some = in_staging(shop, "promotion", ["users"])
    promote_by_itself(shop.world, only_some)
    assert only_some not in {one.source_build_id for one in by_themselves(shop)}, "the others run as rolled back"

    whole = in_staging(shop, "promotion")
    promote_by_itself(shop.world, whole)
    assert whole in {one.source_build_id for one in by_themselves(shop)}


def in_staging(shop: Seeded, trigger: str, names: list[str] | None = None) -> int:
    """A build of staging that works."""

    def make(session: Any) -> int:
        stage = session.scalars(sa.select(Stage).where(Stage.name == "staging")).one()
        services = [one for one in stage.app.services if not names or one.name in names]
        return int(
            add_build(session, stage.id, Commit(HEAD), services, trigger=trigger, branch="main", asked_by="x").id
        )

    build_id = int(shop.write(make))
    work_well(shop, build_id)
    return build_id


@pytest.mark.usefixtures("open_gates")
def test_one_that_was_asked_for_all_the_same_is_neither_packaged_nor_confirmed(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("By Eve", allow_empty=True)
    build = built_on_dev(shop, github, commit)
    promote_by_itself(shop.world, build)
    [asked] = by_themselves(shop)
    told(shop, github, "opened", commit, fork=True)
    cloud = replace(shop.world, connect=lambda _account: FakeCloud())

    plan(cloud, asked.id)

    with shop.world.database.read() as session:
        assert "only when somebody promotes it" in session.get_one(Promotion, asked.id).reason
        assert session.scalars(sa.select(DownstreamPackage).join(ServiceBuild).where(
            ServiceBuild.build_id == build)).all() == []  # fmt: skip
    shop.write(lambda s: s.execute(sa.update(Promotion).where(Promotion.id == asked.id).values(state="review")))
    shop.write(lambda s: s.execute(sa.update(ServicePlan).where(ServicePlan.promotion_id == asked.id).values(
        state="unchanged", changes=None)))  # fmt: skip
    confirm_by_itself(shop.world, asked.id)
    assert by_themselves(shop)[-1].state == "review"


@pytest.mark.usefixtures("open_gates")
def test_nobody_promotes_a_forks_code_before_it_is_merged(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST, forks=True)
    commit = branch(shop, "changes")
    told(shop, github, "opened", commit, fork=True)
    work(shop)
    [build] = builds(shop)
    work_well(shop, build.id)
    [stage] = [one.name for one in made(shop)]
    alice = TestClient(application(shop.server), base_url="http://127.0.0.1", follow_redirects=False)
    alice.cookies.set("seed_session", shop.key())

    with pytest.raises(StrangersCode, match="comes from a fork, and nobody has merged it"):
        intake.promote(shop.world, ALICE, "shop", stage, to="staging")
    told_off = alice.post(f"/api/v1/apps/shop/stages/{stage}/promote", json={"to": "staging"})
    page = alice.get(f"/apps/shop/{stage}/builds/{build.number}").text
    pressed = alice.post(f"/apps/shop/{stage}/promote", data={"to": "staging"})

    assert (told_off.status_code, told_off.json()["error"]["code"]) == (409, "strangers-code")
    assert pressed.status_code == 409
    assert "promoted nowhere" in page
    assert "</span> staging</button>" not in page
    assert asked_of(shop, build.id) == []


@pytest.mark.usefixtures("open_gates")
def test_one_that_was_planned_all_the_same_is_not_packaged(shop: Seeded, github: Github) -> None:
    """The forge told of the fork only then."""
    aside = by_hand(shop, branch(shop, "aside"))
    asked = intake.promote(shop.world, ALICE, "shop", "dev", to="staging")
    with shop.world.database.read() as session:
        commit = session.get_one(Build, aside).commit
    told(shop, github, "opened", commit, fork=True)

    plan(replace(shop.world, connect=lambda _account: FakeCloud()), asked.id)

    with shop.world.database.read() as session:
        failed = session.get_one(Promotion, asked.id)
        assert (failed.state, (failed.failure or {})["code"]) == ("failed", "strangers-code")


@pytest.mark.usefixtures("open_gates")
def test_merged_it_is_promoted_like_anything_else(shop: Seeded, github: Github) -> None:
    """Another pull request of a fork may be open on the very commit that the branch has."""
    commit = shop.repository.commit("By Eve", allow_empty=True)
    built_on_dev(shop, github, commit)
    told(shop, github, "opened", commit, fork=True)

    assert intake.promote(shop.world, ALICE, "shop", "dev", to="staging").state == "planning"
