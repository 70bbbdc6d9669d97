"""An app that waits for checks is deployed when they succeeded."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.forges.hearing import Github, builds, heard, status, wait_for_checks
from tests.support.seeded import Seeded

from seed.apps.find import app_of
from seed.connections.checks import LONGEST_NAME, MOST, checks_of, is_newer, keep, may_deploy, verdict
from seed.connections.hear import KEEP_CHECKS_DAYS, forget
from seed.connections.records import CommitCheck
from seed.db.base import now
from seed.forges.events import CheckMoved
from seed.people.actor import SEED
from seed.work.hearing.forge_events import work_due

HEAD = "a" * 40
SUCCEEDED = {"ci": "succeeded"}
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("known", "named", "wanted"),
    [
        ({}, [], "wait"),
        ({"a": "succeeded"}, [], "go"),
        ({"a": "succeeded", "b": "pending"}, [], "wait"),
        ({"a": "failed", "b": "pending"}, [], "stop"),
        ({"a": "succeeded", "b": "failed"}, [], "stop"),
        ({"a": "succeeded", "b": "pending"}, ["a"], "go"),
        ({"a": "pending"}, ["a"], "wait"),
        ({"a": "succeeded"}, ["a", "b"], "wait"),
        ({str(one): "succeeded" for one in range(MOST)}, [], "wait"),  # nobody knows what else there is
        ({str(one): "succeeded" for one in range(MOST)}, ["1"], "go"),
    ],
)
def test_a_commit_goes_when_all_that_is_known_of_it_has_succeeded(
    known: dict[str, str], named: list[str], wanted: str
) -> None:
    assert verdict(known, named) == wanted


def test_without_names_a_check_that_is_under_way_holds_and_its_later_success_frees(
    shop: Seeded, github: Github
) -> None:
    wait_for_checks(shop)
    commit = shop.repository.commit("Checked", allow_empty=True)
    for state, context in (("pending", "ci/tests"), ("pending", "ci/lint"), ("success", "ci/lint"),
                           ("failure", "ci/tests"), ("pending", "ci/tests")):  # fmt: skip
        github.send("status", status(commit, state, context))
        while work_due(shop.world):
            pass
        assert builds(shop) == [], (state, context)

    github.send("status", status(commit, "success", "ci/tests"))
    work_due(shop.world)

    assert [one.commit for one in builds(shop)] == [commit]
    waits, failed = f"The checks of {commit[:12]} are waited for.", f"The checks of {commit[:12]} have failed."
    assert [one.outcome for one in heard(shop.world)][:5] == [waits, waits, waits, failed, waits]


def test_a_workflow_whose_runs_are_under_way_is_waited_for(shop: Seeded, github: Github) -> None:
    wait_for_checks(shop)
    commit = shop.repository.commit("Checked", allow_empty=True)

    def run(name: str, conclusion: str = "") -> None:
        suite = {"id": 12, "head_branch": "main"}
        one = {"id": 34, "name": name, "head_sha": commit, "status": "completed" if conclusion else "in_progress",
               "conclusion": conclusion or None, "check_suite": suite}  # fmt: skip
        github.send("check_run", {"action": "completed" if conclusion else "created", "check_run": one})
        while work_due(shop.world):
            pass

    run("lint")
    run("tests")
    run("lint", "success")
    assert builds(shop) == []
    run("tests", "skipped")
    assert [one.commit for one in builds(shop)] == [commit]


TOLD = {
    "begun": CheckMoved(HEAD, "pending", "ci", number=1, at=NOON),
    "failed": CheckMoved(HEAD, "failed", "ci", number=1, at=NOON + timedelta(minutes=2)),
    "begun again": CheckMoved(HEAD, "pending", "ci", number=2, at=NOON + timedelta(minutes=3)),
    "succeeded": CheckMoved(HEAD, "succeeded", "ci", number=2, at=NOON + timedelta(minutes=3)),  # at once
}


def test_in_whatever_order_and_however_often_they_come_the_newest_counts(shop: Seeded) -> None:
    orders = {f"{number:040x}": order for number, order in enumerate(itertools.permutations(TOLD))}
    for commit, order in orders.items():
        told(shop, *(replace(TOLD[one], commit=commit) for one in order * 2))

    assert {order: known(shop, commit) for commit, order in orders.items() if known(shop, commit) != SUCCEEDED} == {}


def told(shop: Seeded, *checks: CheckMoved) -> list[bool]:
    with shop.world.database.write() as session:
        return [keep(session, app_of(session, SEED, "shop"), one) for one in checks]


def known(shop: Seeded, commit: str = HEAD) -> dict[str, str]:
    with shop.world.database.read() as session:
        return checks_of(session, app_of(session, SEED, "shop"), commit)


def test_what_has_neither_number_nor_time_counts_as_it_comes() -> None:
    row = CommitCheck(number=0, said_at=None, outcome="failed")
    assert is_newer(CheckMoved(HEAD, "pending", "ci"), row)


def test_two_workflows_under_one_name_must_both_succeed(shop: Seeded) -> None:
    told(shop, CheckMoved(HEAD, "failed", "Actions", origin="1"), CheckMoved(HEAD, "succeeded", "Actions", origin="2"))

    assert known(shop) == {"Actions": "failed"}


def test_names_are_hostile_long_and_many_and_those_that_count_are_kept_all_the_same(shop: Seeded) -> None:
    wanted = "w" * 2 * LONGEST_NAME
    wait_for_checks(shop, wanted)

    def fill(name: str) -> bool:
        return told(shop, CheckMoved(HEAD, "succeeded", name)) == [True]

    hostile = "\x00\x1b[2J<script>" + "x" * 5000
    assert fill(f"{hostile}1")
    assert fill(f"{hostile}2")
    assert len(known(shop)) == 2
    assert max(map(len, known(shop))) < LONGEST_NAME + 20
    shop.write(lambda session: session.add_all(
        CommitCheck(app_id=1, commit=HEAD, source=str(one), outcome="succeeded") for one in range(MOST)))  # fmt: skip
    assert not fill("one more")
    assert fill(wanted)
    with shop.world.database.read() as session:
        assert may_deploy(session, app_of(session, SEED, "shop"), HEAD) == "go"


def test_checks_are_forgotten_after_a_while(shop: Seeded) -> None:
    long_ago = now() - timedelta(days=KEEP_CHECKS_DAYS + 1)
    shop.write(lambda session: session.add(
        CommitCheck(app_id=1, commit=HEAD, source="old", outcome="failed", at=long_ago)))  # fmt: skip
    told(shop, TOLD["failed"])

    shop.write(forget)

    with shop.world.database.read() as session:
        assert session.scalars(sa.select(CommitCheck.source)).all() == ["ci"]
