"""Stages come with branches and pull requests, and go with them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.forges.hearing import Github, builds
from tests.forges.stages import (
    ALICE,
    made,
    names,
    pushed,
    switch,
    work,
)
from tests.support.seeded import Seeded

from seed.apps.find import app_of, stages_of
from seed.apps.records import BRANCH, App, Stage
from seed.automatic.change import Change, change_automatic
from seed.errors import Invalid
from seed.people.actor import Actor, NotAllowed
from seed.variables.records import Variable

pytestmark = pytest.mark.usefixtures("idle")


def test_a_branch_gets_a_stage_with_what_the_chosen_one_has(shop: Seeded, github: Github) -> None:
    def prepare(session: Session) -> None:
        app = session.scalars(sa.select(App)).one()
        dev = next(stage for stage in stages_of(session, app.id) if stage.name == "dev")
        dev.post_deploy = "npm run smoke"

    shop.write(prepare)
    before = variables(shop, "dev")
    switch(shop, BRANCH, copy_from="dev")

    commit = pushed(shop, github, "feature/login")

    [stage] = made(shop)
    assert (stage.name, stage.branch, stage.kind, stage.origin) == (
        "feature-login", "feature/login", "development", BRANCH)  # fmt: skip
    assert stage.post_deploy == "npm run smoke"
    assert variables(shop, "feature-login") == before
    [build] = builds(shop)
    assert (build.commit, build.branch, build.trigger, build.stage_id) == (commit, "feature/login", "push", stage.id)


def variables(shop: Seeded, stage: str) -> list[str]:
    with shop.world.database.read() as session:
        query = sa.select(Variable.name).join(Stage, Stage.id == Variable.stage_id).where(Stage.name == stage)
        return sorted(session.scalars(query))


def test_further_pushes_are_built_in_the_stage_that_is_there(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)
    first = pushed(shop, github, "login")
    github.push(first, "login")
    work(shop)
    second = pushed(shop, github, "login", "newer\n")

    assert names(shop) == ["login"]
    assert [build.commit for build in builds(shop)] == [first, second]


def test_without_the_switch_no_branch_gets_a_stage(shop: Seeded, github: Github) -> None:
    pushed(shop, github, "login")

    assert (made(shop), builds(shop)) == ([], [])


def test_the_apps_own_branch_and_those_of_stages_get_none(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)

    github.push(shop.repository.commit("On main", allow_empty=True))
    work(shop)

    assert made(shop) == []
    assert len(builds(shop)) == 1


def test_branches_that_sanitise_to_one_name_get_a_stage_each(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)
    for name in ("a/b", "a-b", "dev", "x" * 200):
        pushed(shop, github, name)

    found = names(shop)
    assert len(found) == len(set(found)) == 4
    assert {stage.branch for stage in made(shop)} == {"a/b", "a-b", "dev", "x" * 200}


def test_a_commit_that_asks_for_it_makes_no_stage(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)

    pushed(shop, github, "login", "words [skip ci]")

    assert made(shop) == []


@pytest.mark.parametrize("more", ["", "; echo a warning >&2"])
def test_the_build_spec_may_name_the_stage(shop: Seeded, github: Github, more: str) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", f"stage_name_constructor: 'echo ${{SEED_STAGE_BRANCH#*/}} | tr A-Z a-z{more}'\n")
    shop.repository.commit("Named")

    pushed(shop, github, "feature/LOGIN")

    assert names(shop) == ["login"]


@pytest.mark.parametrize("command", ["exit 3", "echo '../x'", "true", "sleep 60"])
def test_a_name_that_cannot_be_used_is_made_of_the_branch(shop: Seeded, github: Github, command: str) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", f'stage_name_constructor: "{command}"\n')
    shop.repository.commit("Named")

    pushed(shop, github, "login")

    assert names(shop) == ["login"]


@pytest.mark.parametrize(
    "change",
    [
        Change(copy_from="prod"),
        Change(copy_from="nothing"),
        Change(most=0),
        Change(most=1000),
        Change(idle_days=-1),
        Change(only="a\nb"),
        Change(only="x" * 1001),
        Change(forks=True),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Seeded, change: Change) -> None:
    with pytest.raises(Invalid):
        shop.write(lambda s: change_automatic(s, ALICE, app_of(s, ALICE, "shop"), BRANCH, change))


def test_only_an_admin_switches_it(shop: Seeded) -> None:
    with pytest.raises(NotAllowed):
        shop.write(lambda s: change_automatic(s, Actor(2, "Bob", "deploy"), app_of(s, ALICE, "shop"), BRANCH, Change()))
