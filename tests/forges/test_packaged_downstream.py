"""For which other stages a build is packaged beside it, and what it says where it is for none: packaging runs a commit's
code with the variables and the credentials of the stage that it is for.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges.hearing import Github, builds
from tests.forges.stages import ALICE, branch, by_hand, switch, told, work_well
from tests.forges.telling import Speaking
from tests.support.seeded import Seeded

from seed.apps.find import stage_of
from seed.apps.records import PULL_REQUEST, App
from seed.apps.stages import set_package_when_asked
from seed.aws.fake import FakeCloud
from seed.builds.records import DownstreamPackage, ServiceBuild
from seed.connections.records import BuildPreview
from seed.errors import Stopping
from seed.git import Mirror
from seed.people.tokens import make_token
from seed.work.build import load
from seed.work.intake import deploy
from seed.work.packaging.make_downstream import make_downstream
from seed.work.packaging.order_downstream import order_downstream
from seed.work.promoting.auto_promote import promote_by_itself
from seed.work.telling.forge_previews import make_due


def packaged_for(shop: Seeded, build_id: int) -> list[int]:
    """The stages for which the build is packaged once it has ended well."""
    order_downstream(shop.world, load(shop.world, build_id))
    with shop.world.database.read() as session:
        rows = sa.select(DownstreamPackage.stage_id).join(ServiceBuild).where(ServiceBuild.build_id == build_id)
        return list(set(session.scalars(rows)))


@pytest.mark.parametrize(("previews", "fork", "packaged"), [(False, False, 0), (True, False, 1), (True, True, 0)])
def test_a_pull_request_is_packaged_for_other_stages_only_where_an_admin_said_so(
    shop: Seeded, github: Github, previews: bool, fork: bool, packaged: int
) -> None:
    switch(shop, PULL_REQUEST, forks=True, previews=previews)
    told(shop, github, "opened", branch(shop, "changes"), fork=fork)
    [build] = builds(shop)
    work_well(shop, build.id)

    assert len(packaged_for(shop, build.id)) == packaged


def test_by_hand_only_what_is_on_the_stages_branch_is_packaged_for_other_stages(shop: Seeded) -> None:
    """Whoever deploys by hand may name any commit: also one that somebody pushed aside and nobody has merged."""
    old = shop.repository.commit("On main", allow_empty=True)
    shop.repository.commit("Newer", allow_empty=True)
    aside = branch(shop, "aside")

    assert packaged_for(shop, by_hand(shop, aside)) == []
    assert len(packaged_for(shop, by_hand(shop, old))) == 1


def test_a_stage_that_is_packaged_for_when_asked_has_no_code_run_with_its_variables_before(shop: Seeded) -> None:
    shop.write(lambda s: set_package_when_asked(s, ALICE, stage_of(s, ALICE, "shop", "staging"), on=True))

    build_id = by_hand(shop, shop.repository.commit("On main", allow_empty=True))

    assert packaged_for(shop, build_id) == []
    assert load(shop.world, build_id).not_packaged == "staging is packaged for only when somebody promotes."


def test_the_comment_says_that_production_is_packaged_for_when_asked(shop: Seeded, github: Github) -> None:
    Speaking(shop).connect()
    switch(shop, PULL_REQUEST, previews=True)
    shop.write(lambda s: set_package_when_asked(s, ALICE, stage_of(s, ALICE, "shop", "prod"), on=True))
    told(shop, github, "opened", branch(shop, "changes"))
    [build] = builds(shop)
    work_well(shop, build.id)

    assert len(packaged_for(shop, build.id)) == 1, "staging alone"
    assert make_due(shop.world) == 1

    with shop.world.database.read() as session:
        text = session.scalars(sa.select(BuildPreview.text)).one()
    assert text == "_prod is packaged for only when somebody promotes._"


def test_the_servers_end_stops_a_package_that_is_made_and_leaves_it_to_the_next_start(shop: Seeded) -> None:
    build_id = by_hand(shop, shop.repository.commit("On main", allow_empty=True))
    assert len(packaged_for(shop, build_id)) == 1
    world = replace(shop.world, connect=lambda _account: FakeCloud())
    world.stopping.set()

    with pytest.raises(Stopping):
        make_downstream(world, build_id)

    with world.database.read() as session:
        states = sa.select(DownstreamPackage.state).join(ServiceBuild).where(ServiceBuild.build_id == build_id)
        assert set(session.scalars(states)) == {"making"}


def test_a_build_that_is_not_packaged_for_other_stages_says_why_until_it_is(shop: Seeded, web: TestClient) -> None:
    build_id = by_hand(shop, branch(shop, "aside"))
    packaged_for(shop, build_id)
    build = load(shop.world, build_id)
    _, token = shop.write(lambda s: make_token(s, ALICE, name="x", scope="read", days=1))
    web.cookies.set("seed_session", shop.key())

    path, page_path = (
        f"/apps/shop/stages/dev/builds/{build.number}",
        f"http://127.0.0.1/apps/shop/dev/builds/{build.number}",
    )
    reason = web.get(path, headers={"Authorization": f"Bearer {token}"}).json()["not_packaged"]
    page = web.get(page_path).text

    assert reason.startswith(f"Commit {build.commit[:12]} was deployed by hand and is not on main")
    assert f"Not packaged for staging beside this build. {reason}" in page
    shop.write(lambda s: s.add(DownstreamPackage(service_build_id=build.services[0].id, stage_id=build.stage.id)))
    assert reason not in web.get(page_path).text


def test_others_may_write_while_git_is_asked_for_a_branchs_history(shop: Seeded) -> None:
    build_id = by_hand(shop, shop.repository.commit("On main", allow_empty=True))

    class Asked(Mirror):
        def holds(self, branch: str, sha: str) -> bool:  # noqa: ARG002, the mirror's
            shop.write(lambda s: s.execute(sa.update(App).values(name="written meanwhile")))
            return True

    world = replace(shop.world, mirror=lambda app: Asked(shop.world.folders.mirror(app.id), app.repository))
    order_downstream(world, load(world, build_id))
    promote_by_itself(world, build_id)

    with shop.world.database.read() as session:
        assert session.scalars(sa.select(App.name)).all() == ["written meanwhile"]


@pytest.mark.parametrize(("what", "packaged"), [("", 1), ("aside", 0)])
def test_by_hand_a_pull_requests_stage_packages_its_merge_alone(
    shop: Seeded, github: Github, what: str, packaged: int
) -> None:
    switch(shop, PULL_REQUEST, previews=True)
    told(shop, github, "opened", branch(shop, "changes"))
    aside = branch(shop, "aside", path="aside.txt")
    build = deploy(shop.world, ALICE, "shop", "pr7", commit=aside if what else "")
    work_well(shop, build.id)

    assert len(packaged_for(shop, build.id)) == packaged


def test_a_stranger_stays_one_when_the_pull_request_moves_on_or_is_closed(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST, forks=True, previews=True)
    told(shop, github, "opened", branch(shop, "changes"), fork=True)
    [build] = builds(shop)
    work_well(shop, build.id)
    told(shop, github, "synchronize", branch(shop, "changes", "newer\n"), fork=True)
    told(shop, github, "closed", "c" * 40, fork=True)

    assert packaged_for(shop, build.id) == []


@pytest.mark.parametrize(
    ("fork", "says"), [(False, "seed stage for-each shop pull-request --previews yes"), (True, "comes from a fork")]
)
def test_the_comment_says_why_nothing_is_known_of_production(
    shop: Seeded, github: Github, fork: bool, says: str
) -> None:
    Speaking(shop).connect()
    switch(shop, PULL_REQUEST, forks=True)
    told(shop, github, "opened", branch(shop, "changes"), fork=fork)
    [build] = builds(shop)
    work_well(shop, build.id)
    assert packaged_for(shop, build.id) == []

    assert (make_due(shop.world), make_due(shop.world)) == (1, 0)

    with shop.world.database.read() as session:
        assert says in session.scalars(sa.select(BuildPreview.text)).one()
