"""Where no more stages may come, the next waits for room and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.forges.hearing import Github, builds, heard
from tests.forges.stages import (
    app,
    branch,
    deleted,
    goes,
    names,
    pushed,
    switch,
    told,
    waits,
)
from tests.forges.telling import Speaking
from tests.support.seeded import Seeded

from seed.apps.records import BRANCH, PULL_REQUEST, App
from seed.automatic.records import WaitingStage
from seed.automatic.wait import waiting
from seed.db.base import now
from seed.git import Mirror
from seed.work.hearing.automatic_stages import branch_pushed
from seed.work.hearing.poll_branches import poll_branches
from seed.work.hearing.stages_that_wait import make_what_waited
from seed.work.telling.forge_messages import send_due

pytestmark = pytest.mark.usefixtures("idle")


def test_the_limit_is_told(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, most=1)
    pushed(shop, github, "one")
    pushed(shop, github, "two")

    assert names(shop) == ["one"]
    assert heard(shop.world)[-1].outcome == (
        "The branch two gets no stage: 1 of 1 are there already. It is made when one of them goes."
    )


def test_who_finds_the_last_room_taken_waits_for_the_next(shop: Seeded) -> None:
    """The other one came while the repository was read."""
    switch(shop, BRANCH, most=1)
    for name in ("one", "two"):
        branch(shop, name)
    mirror_of, others = shop.world.mirror, ["one"]

    def mirror(of: App) -> Mirror:
        if others:
            branch_pushed(shop.world, of, others.pop())
        return mirror_of(of)

    world = replace(shop.world, mirror=mirror)

    said = branch_pushed(world, app(shop), "two")

    assert said == "The branch two gets no stage: 1 of 1 are there already. It is made when one of them goes."
    with shop.world.database.read() as session:
        assert list(waiting(session, app(shop).id, BRANCH)) == ["two"]


def test_who_finds_no_room_waits_says_so_at_the_commit_and_gets_a_stage_when_one_goes(
    shop: Seeded, github: Github
) -> None:
    speaking = Speaking(shop)
    speaking.connect()
    switch(shop, BRANCH, most=1)
    pushed(shop, github, "one")
    second, _third = pushed(shop, github, "two"), pushed(shop, github, "three")
    send_due(speaking.world)
    make_what_waited(shop.world)

    assert (names(shop), waits(shop, BRANCH)) == (["one"], ["two", "three"])
    told_of = next(one for one in speaking.forge.statuses if one.commit == second)
    assert (told_of.state, told_of.context) == ("queued", "seed/two")
    assert "1 of 1 are there already" in told_of.description

    goes(shop, "one")
    make_what_waited(shop.world)

    assert (names(shop), waits(shop, BRANCH)) == (["two"], ["three"])
    assert builds(shop)[-1].commit == second


def test_a_pull_request_waits_for_room_too(shop: Seeded, github: Github) -> None:
    speaking = Speaking(shop)
    speaking.connect()
    switch(shop, PULL_REQUEST, most=1)
    head = branch(shop, "changes")
    told(shop, github, "opened", head)
    told(shop, github, "opened", head, number=8)
    send_due(speaking.world)

    assert (names(shop), waits(shop, PULL_REQUEST)) == (["pr7"], ["8"])
    assert [(one.commit, one.state) for one in speaking.forge.statuses if one.context == "seed/pr"] == [
        (head, "queued")
    ]
    switch(shop, PULL_REQUEST, most=2)
    make_what_waited(shop.world)

    assert (names(shop), waits(shop, PULL_REQUEST)) == (["pr7", "pr8"], [])


def test_what_ended_while_it_waited_gets_nothing(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, most=1)
    pushed(shop, github, "one")
    pushed(shop, github, "two")
    deleted(shop, github, "two")
    goes(shop, "one")

    make_what_waited(shop.world)

    assert (names(shop), waits(shop, BRANCH)) == ([], [])


def test_a_polled_branch_waits_for_room_too(shop: Seeded) -> None:
    switch(shop, BRANCH, most=1)
    poll_branches(shop.world, app(shop))
    branch(shop, "one")
    branch(shop, "two")
    poll_branches(shop.world, app(shop))
    [first], [second] = names(shop), waits(shop, BRANCH)

    goes(shop, first)
    make_what_waited(shop.world)

    assert (names(shop), waits(shop, BRANCH)) == ([second], [])


def test_a_repository_that_cannot_be_read_keeps_it_waiting(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, most=1)
    pushed(shop, github, "one")
    pushed(shop, github, "two")
    goes(shop, "one")
    away = shop.repository.folder.rename(shop.repository.folder.with_name("away"))

    make_what_waited(shop.world)
    assert waits(shop, BRANCH) == ["two"]
    away.rename(shop.repository.folder)
    shop.write(lambda s: s.execute(sa.update(WaitingStage).values(due_at=now())))
    make_what_waited(shop.world)

    assert (names(shop), waits(shop, BRANCH)) == (["two"], [])
