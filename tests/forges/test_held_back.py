"""A push that its checks hold back is seen where somebody looks for it."""

from __future__ import annotations

from tests.forges.hearing import Github, status, wait_for_checks
from tests.support.seeded import Seeded

from seed.apps.find import app_of
from seed.people.actor import SEED
from seed.work.hearing.forge_events import work_due
from seed.work.hearing.held_back import HeldBack, held_back


def held(shop: Seeded) -> list[HeldBack]:
    with shop.world.database.read() as session:
        return [one for one in held_back(shop.world, app_of(session, SEED, "shop")) if one.stage == "dev"]


def test_a_commit_is_held_back_until_its_checks_have_succeeded(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop)
    commit = shop.repository.commit("Checked", allow_empty=True)
    github.push(commit)
    work_due(shop.world)
    assert [(one.commit.sha, one.failed) for one in held(shop)] == [(commit, False)]

    github.send("status", status(commit, "failure", "ci"))
    work_due(shop.world)
    assert [(one.failed, one.why) for one in held(shop)] == [(True, "its checks have failed: ci")]

    github.send("status", status(commit, "pending", "ci"))
    work_due(shop.world)
    assert [(one.failed, one.why) for one in held(shop)] == [(False, "its checks are waited for: ci")]

    github.send("status", status(commit, "success", "ci"))
    work_due(shop.world)
    assert held(shop) == []


def test_nothing_is_held_back_where_nobody_waits_or_nothing_is_to_be_built(shop: Seeded, github: Github) -> None:
    github.push(shop.repository.commit("At once", allow_empty=True))
    work_due(shop.world)
    assert held(shop) == []

    wait_for_checks(shop)
    github.push(shop.repository.commit("Words [skip ci]", allow_empty=True))
    work_due(shop.world)
    assert held(shop) == []
