"""Stages go with their branch, or when nobody uses them; a person can keep them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.forges.hearing import Github, builds, heard, later
from tests.forges.stages import (
    ALICE,
    deleted,
    finish,
    idle_for,
    made,
    marked_idle,
    names,
    pushed,
    removals,
    switch,
    work,
)
from tests.support.seeded import Seeded

from seed.apps.edit_stage import StageInUse, set_kind
from seed.apps.records import BRANCH, Stage
from seed.automatic.close import AGAIN
from seed.automatic.keep import keep
from seed.builds.records import Build
from seed.db.base import now
from seed.errors import Invalid
from seed.people.actor import Actor, NotAllowed
from seed.removals.records import Removal
from seed.work.hearing.automatic_stages import close_what_is_idle, remove_what_closed
from seed.work.intake import deploy

pytestmark = pytest.mark.usefixtures("idle")


def test_a_branch_deleted_takes_its_stage_along_where_the_switch_says_so(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    pushed(shop, github, "login")
    deleted(shop, github, "login")
    [stage] = made(shop)
    assert stage.closing == "the branch login was deleted"

    remove_what_closed(shop.world)
    assert removals(shop) == [], "its build is not done"
    finish(shop)
    remove_what_closed(shop.world)
    remove_what_closed(shop.world)

    assert removals(shop) == ["login"]


def test_without_it_the_stage_stays(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=False)
    pushed(shop, github, "login")

    deleted(shop, github, "login")

    assert [stage.closing for stage in made(shop)] == [""]


def test_a_branch_that_is_there_again_keeps_its_stage(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    pushed(shop, github, "login")
    deleted(shop, github, "login")
    pushed(shop, github, "login", "again\n")

    assert [stage.closing for stage in made(shop)] == [""]


def test_one_that_is_being_removed_is_made_anew_afterwards(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    pushed(shop, github, "login")
    deleted(shop, github, "login")
    finish(shop)
    remove_what_closed(shop.world)

    commit = pushed(shop, github, "login", "again\n")
    assert [row.state for row in heard(shop.world)][-1] == "waiting"
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.origin != "").values(removed_at=now())))
    later(shop)
    work(shop)

    assert names(shop) == ["login"]
    assert builds(shop)[-1].commit == commit


def test_a_removal_that_failed_is_tried_again_a_day_later(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    pushed(shop, github, "login")
    deleted(shop, github, "login")
    finish(shop)
    remove_what_closed(shop.world)

    def fail(session: Session, ago: timedelta) -> None:
        session.execute(sa.update(Removal).values(state="failed", ended_at=now() - ago))
        session.execute(sa.update(Stage).where(Stage.origin != "").values(removing=False))

    shop.write(lambda session: fail(session, AGAIN / 2))
    remove_what_closed(shop.world)
    assert removals(shop) == ["login"]
    shop.write(lambda session: fail(session, 2 * AGAIN))
    remove_what_closed(shop.world)
    assert removals(shop) == ["login", "login"]


def test_a_stage_goes_after_its_idle_days(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, idle_days=7)
    pushed(shop, github, "login")
    close_what_is_idle(shop.world)
    assert [stage.closing for stage in made(shop)] == [""]

    shop.write(lambda s: s.execute(sa.update(Build).values(created_at=now() - timedelta(days=8))))
    close_what_is_idle(shop.world)

    assert [stage.closing for stage in made(shop)] == ["nothing was built for 7 days"]


def test_a_branchs_stage_that_became_something_else_does_not_go_with_it(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    pushed(shop, github, "login")
    finish(shop)
    stage = made(shop)[0].id
    shop.write(lambda s: set_kind(s, shop.world.engine, ALICE, s.get_one(Stage, stage), "staging"))

    deleted(shop, github, "login")

    with shop.world.database.read() as session:
        found = session.get_one(Stage, stage)
    assert (found.origin, found.closing, found.removed_at) == ("", "", None)


def test_a_build_by_hand_lets_an_idle_stage_stay(shop: Seeded, github: Github) -> None:
    marked_idle(shop, github)

    deploy(shop.world, ALICE, "shop", "login")

    assert [stage.closing for stage in made(shop)] == [""]


def test_one_that_is_used_meanwhile_is_looked_at_again_before_it_goes(shop: Seeded, github: Github) -> None:
    marked_idle(shop, github)
    idle_for(shop, 0)

    remove_what_closed(shop.world)

    assert (removals(shop), [stage.closing for stage in made(shop)]) == ([], [""])


def test_an_idle_stage_that_nobody_uses_goes(shop: Seeded, github: Github) -> None:
    marked_idle(shop, github)

    remove_what_closed(shop.world)

    assert removals(shop) == ["login"]


def test_a_build_by_hand_does_not_keep_what_its_branch_took_along(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, remove=True)
    commit = pushed(shop, github, "login")
    deleted(shop, github, "login")

    deploy(shop.world, ALICE, "shop", "login", commit=commit)

    assert [stage.closing for stage in made(shop)] == ["the branch login was deleted"]


@pytest.mark.parametrize("why", ["idle", "deleted"])
def test_a_person_keeps_a_stage_that_would_go(shop: Seeded, github: Github, why: str) -> None:
    if why == "idle":
        marked_idle(shop, github)
    else:
        switch(shop, BRANCH, remove=True)
        pushed(shop, github, "login")
        deleted(shop, github, "login")
        finish(shop)
    shop.write(lambda s: keep(s, Actor(2, "Bob", "deploy"), s.get_one(Stage, made(shop)[0].id)))

    close_what_is_idle(shop.world)
    remove_what_closed(shop.world)

    assert (removals(shop), [stage.closing for stage in made(shop)]) == ([], [""])


def test_what_is_being_removed_or_was_made_by_somebody_is_not_kept(shop: Seeded, github: Github) -> None:
    stage = marked_idle(shop, github)
    remove_what_closed(shop.world)

    with pytest.raises(StageInUse, match="being removed already"):
        shop.write(lambda s: keep(s, ALICE, s.get_one(Stage, stage.id)))
    with pytest.raises(Invalid, match="does not go by itself"):
        shop.write(lambda s: keep(s, ALICE, s.scalars(sa.select(Stage).where(Stage.name == "dev")).one()))
    with pytest.raises(NotAllowed):
        shop.write(lambda s: keep(s, Actor(2, "Bob", "read"), s.get_one(Stage, stage.id)))
