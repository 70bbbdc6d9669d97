"""Pull requests get stages that deploy their merge with the base."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.forges.hearing import Github, builds, status, wait_for_checks
from tests.forges.stages import (
    ALICE,
    app,
    branch,
    finish,
    made,
    names,
    removals,
    switch,
    told,
    work,
)
from tests.support.seeded import Seeded

from seed.apps.edit_stage import set_kind, set_source
from seed.apps.records import PULL_REQUEST, Stage
from seed.builds.records import Build
from seed.connections.records import KnownPullRequest
from seed.connections.tell import told_build
from seed.errors import Invalid
from seed.git.command import git
from seed.work.hearing.automatic_stages import remove_what_closed

pytestmark = pytest.mark.usefixtures("idle")


def test_a_pull_request_is_built_as_its_merge_with_the_base(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    head = branch(shop, "changes")
    base = shop.repository.commit("Meanwhile", allow_empty=True)

    told(shop, github, "opened", head)

    [stage], [build] = made(shop), builds(shop)
    assert (stage.name, stage.pull_request, stage.branch) == ("pr7", 7, "changes")
    assert (build.head_commit, build.branch, build.trigger) == (head, "main", "pull-request")
    merge = shop.world.mirror(app(shop)).commit(build.commit)
    assert git(("log", "-1", "--format=%P", merge.sha), cwd=shop.world.mirror(app(shop)).folder).split() == [base, head]
    with shop.world.database.read() as session:
        reported = told_build(session.get_one(Build, build.id), "", str)
    assert (reported.commit, reported.pull_request) == (head, 7), "the forge knows its head alone"


def test_a_pull_request_told_twice_is_built_once_and_an_update_again(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    first = branch(shop, "changes")
    told(shop, github, "opened", first)
    told(shop, github, "edited", first)
    told(shop, github, "reopened", first)
    second = branch(shop, "changes", "newer\n")
    github.push(second, "changes")
    told(shop, github, "synchronize", second)

    assert names(shop) == ["pr7"]
    assert [build.head_commit for build in builds(shop)] == [first, second]


def test_a_conflict_is_told_and_builds_nothing(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    head = branch(shop, "changes", "mine\n", "README.md")
    shop.repository.write("README.md", "yours\n")
    shop.repository.commit("Yours")

    said = told(shop, github, "opened", head)

    assert "they conflict in README.md" in said
    assert builds(shop) == []


def test_a_fork_gets_a_stage_only_where_an_admin_said_so(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    head = branch(shop, "changes")
    assert told(shop, github, "opened", head, fork=True) == "Pull request 7 comes from a fork: it gets no stage."
    assert made(shop) == []

    switch(shop, PULL_REQUEST, forks=True)
    told(shop, github, "reopened", head, fork=True)

    assert names(shop) == ["pr7"]


def test_a_pull_request_closed_takes_its_stage_along(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    head = branch(shop, "changes")
    told(shop, github, "opened", head)
    told(shop, github, "closed", head)
    assert [stage.closing for stage in made(shop)] == ["pull request 7 was closed"]

    told(shop, github, "reopened", head)
    assert [stage.closing for stage in made(shop)] == [""]
    told(shop, github, "closed", head)
    finish(shop)
    remove_what_closed(shop.world)

    assert removals(shop) == ["pr7"]


def test_an_edit_of_a_closed_one_opens_nothing_and_a_later_push_to_an_open_one_does(
    shop: Seeded, github: Github
) -> None:
    switch(shop, PULL_REQUEST)
    head, at = branch(shop, "changes"), "2026-01-02T03:04:05Z"
    told(shop, github, "opened", head, at=at)
    told(shop, github, "closed", head, at=at)

    told(shop, github, "edited", head, at=at)
    assert [stage.closing for stage in made(shop)] == ["pull request 7 was closed"]

    told(shop, github, "synchronize", head, at="2026-01-02T03:04:06Z")
    assert [stage.closing for stage in made(shop)] == [""], "the word of its opening was lost"


def test_one_that_was_closed_before_anything_was_heard_of_it_gets_no_stage_by_an_edit(
    shop: Seeded, github: Github
) -> None:
    switch(shop, PULL_REQUEST)

    told(shop, github, "edited", branch(shop, "changes"), state="closed")

    assert (made(shop), builds(shop)) == ([], [])


def test_a_pull_request_that_was_closed_before_is_not_built(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    head = branch(shop, "changes")

    told(shop, github, "closed", head)

    assert (made(shop), builds(shop)) == ([], [])


def test_a_pull_request_waits_for_its_checks(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    wait_for_checks(shop)
    head = branch(shop, "changes")
    told(shop, github, "opened", head)
    assert made(shop) == []

    github.send("status", status(head, "success", "ci/tests"))
    work(shop)

    assert names(shop) == ["pr7"]


def test_the_stage_of_a_pull_request_is_never_downstream(shop: Seeded, github: Github) -> None:
    switch(shop, PULL_REQUEST)
    told(shop, github, "opened", branch(shop, "changes"))
    finish(shop)
    stage = made(shop)[0].id

    for kind in ("staging", "production"):
        with shop.world.database.write() as session, pytest.raises(Invalid):
            set_kind(session, shop.world.engine, ALICE, session.get_one(Stage, stage), kind)
    with pytest.raises(Invalid):
        shop.write(lambda s: set_source(s, ALICE, s.get_one(Stage, stage), "main"))


def test_a_secret_in_its_title_is_kept_by_nobody(shop: Seeded, github: Github) -> None:
    told(shop, github, "opened", branch(shop, "changes"), title="Rotate s3cret-of-the-hook")

    with shop.world.database.read() as session:
        titles = session.scalars(sa.select(KnownPullRequest.title)).all()
    assert titles == ["Rotate ***"]
