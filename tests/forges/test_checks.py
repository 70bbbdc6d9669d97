"""An app that waits for checks is deployed when they succeeded."""

from __future__ import annotations

from tests.forges.hearing import Github, builds, heard, status, wait_for_checks
from tests.support.seeded import Seeded

from seed.work.forge_events import work_due


def test_an_app_that_waits_for_checks_is_deployed_when_they_succeeded(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop)
    commit = shop.repository.commit("Checked", allow_empty=True)
    github.push(commit)
    work_due(shop.world)
    assert builds(shop) == []
    assert heard(shop.world)[0].outcome == f"The checks of {commit[:12]} are waited for."

    github.send("status", status(commit, "success", "ci/tests"))
    work_due(shop.world)

    [build] = builds(shop)
    assert (build.commit, build.trigger) == (commit, "checks")


def test_a_check_says_whether_others_are_waited_for_or_stop_the_commit(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop, "ci/tests, ci/lint")
    commit = shop.repository.commit("Checked", allow_empty=True)
    github.send("status", status(commit, "success", "ci/tests"))
    github.send("status", status(commit, "failure", "ci/lint"))
    while work_due(shop.world):
        pass

    said = [one.outcome for one in heard(shop.world)]
    assert said == [f"The checks of {commit[:12]} are waited for.", f"The checks of {commit[:12]} have failed."]


def test_checks_that_failed_or_are_seeds_own_deploy_nothing(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop)
    commit = shop.repository.commit("Checked", allow_empty=True)
    github.send("status", status(commit, "success", "seed/dev"))
    github.send("status", status(commit, "failure", "ci/tests"))
    github.send("status", status(commit, "success", "ci/lint"))
    while work_due(shop.world):
        pass
    github.push(commit)
    work_due(shop.world)

    assert builds(shop) == []
    assert heard(shop.world)[-1].outcome == f"The checks of {commit[:12]} have failed."


def test_named_checks_are_all_waited_for_and_others_do_not_count(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop, "ci/tests, ci/lint")
    commit = shop.repository.commit("Checked", allow_empty=True)
    github.send("status", status(commit, "failure", "coverage"))
    github.send("status", status(commit, "success", "ci/tests"))
    while work_due(shop.world):
        pass
    assert builds(shop) == []

    github.send("status", status(commit, "success", "ci/lint"))
    while work_due(shop.world):
        pass

    assert [build.commit for build in builds(shop)] == [commit]


def test_checks_of_an_older_commit_deploy_nothing(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop)
    old = shop.repository.commit("Old", allow_empty=True)
    shop.repository.commit("New", allow_empty=True)

    github.send("status", status(old, "success", "ci/tests"))
    work_due(shop.world)

    assert builds(shop) == []
