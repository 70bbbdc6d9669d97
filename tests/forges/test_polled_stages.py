"""Where nobody tells of branches, they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.forges.hearing import builds
from tests.forges.stages import (
    app,
    branch,
    made,
    names,
    switch,
)
from tests.support.seeded import Seeded

from seed.apps.records import BRANCH
from seed.automatic.records import SeenBranch
from seed.db.base import Database
from seed.git.command import git
from seed.work.hearing.poll_branches import poll_branches
from seed.work.world import World

pytestmark = pytest.mark.usefixtures("idle")


def test_a_polled_repository_gives_stages_to_what_moved_since(shop: Seeded) -> None:
    branch(shop, "old")
    poll_branches(shop.world, app(shop))
    assert seen(shop) == [], "nothing is remembered while it is off"
    switch(shop, BRANCH, remove=True)
    poll_branches(shop.world, app(shop))
    assert made(shop) == [], "what was there before the switch"

    branch(shop, "new")
    branch(shop, "old", "moved\n")
    poll_branches(shop.world, app(shop))
    poll_branches(shop.world, app(shop))
    assert sorted(names(shop)) == ["new", "old"]
    assert len(builds(shop)) == 2

    git(("branch", "-D", "--quiet", "new"), cwd=shop.repository.folder)
    poll_branches(shop.world, app(shop))
    assert {stage.name: bool(stage.closing) for stage in made(shop)} == {"new": True, "old": False}
    assert seen(shop) == ["main", "old"]


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_first_poll_that_was_killed_makes_no_stage_of_an_old_branch(shop: Seeded, left: int) -> None:
    for name in ("old", "older"):
        branch(shop, name)
    switch(shop, BRANCH)
    with suppress(RuntimeError):
        poll_branches(killed_at_commit(shop.world, left), app(shop))

    poll_branches(shop.world, app(shop))
    poll_branches(shop.world, app(shop))

    assert made(shop) == []


class _Killed(Database):
    """Every write after `left` of them is lost, with whoever wanted it."""

    def __init__(self, inner: Database, left: int) -> None:
        self.inner, self.left = inner, left

    @contextmanager
    def write(self) -> Iterator[Session]:
        if not self.left:
            raise RuntimeError("killed")
        self.left -= 1
        with self.inner.write() as session:
            yield session


def killed_at_commit(world: World, left: int) -> World:
    return replace(world, database=_Killed(world.database, left))


def test_a_branch_that_cannot_be_had_keeps_no_other_waiting(shop: Seeded) -> None:
    """Its name is longer than one may be, or it holds what no branch of ours does."""
    switch(shop, BRANCH)
    poll_branches(shop.world, app(shop))
    head = shop.world.mirror(app(shop)).head("main")
    for name in ("a/" + "/".join(["x" * 200] * 2), "b\u2028c"):
        git(("branch", name, head), cwd=shop.repository.folder)
    branch(shop, "login")

    poll_branches(shop.world, app(shop))

    assert "login" in names(shop)
    assert set(shop.world.mirror(app(shop)).branches()) == set(seen(shop))


def seen(shop: Seeded) -> list[str]:
    with shop.world.database.read() as session:
        return sorted(session.scalars(sa.select(SeenBranch.branch)))
