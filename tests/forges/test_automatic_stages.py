"""Stages come with branches and pull requests, and go with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.forges.test_hearing import Github, builds, heard, later, status, wait_for_checks
from tests.forges.test_outbox import Speaking
from tests.support.seeded import Seeded

from seed.apps.edit_stage import StageInUse, set_kind, set_source
from seed.apps.find import app_of, stages_of
from seed.apps.records import BRANCH, PULL_REQUEST, App, Stage
from seed.automatic.change import Change, change_automatic
from seed.automatic.close import AGAIN
from seed.automatic.keep import keep
from seed.automatic.records import SeenBranch, WaitingStage
from seed.automatic.wait import waiting
from seed.builds.records import Build
from seed.connections.tell import told_build
from seed.db.base import Database, now
from seed.errors import Invalid
from seed.git import Mirror
from seed.git.command import git
from seed.people.actor import Actor, NotAllowed
from seed.removals.forget import forget
from seed.removals.records import Removal
from seed.variables.records import Variable
from seed.work.automatic_stages import branch_pushed, close_what_is_idle, remove_what_closed
from seed.work.forge_events import work_due
from seed.work.forge_messages import send_due
from seed.work.intake import deploy
from seed.work.poll_branches import poll_branches
from seed.work.stages_that_wait import make_what_waited
from seed.work.world import World

ALICE = Actor(1, "Alice", "admin")


@pytest.fixture
def github(web: TestClient, secret: str) -> Github:
    return Github(web, secret)


@pytest.fixture(autouse=True)
def idle(shop: Seeded) -> None:
    """Nothing is at work: a stage can go."""
    open_ones = ("queued", "running")
    shop.write(lambda s: s.execute(sa.update(Build).where(Build.state.in_(open_ones)).values(state="cancelled")))


def switch(shop: Seeded, origin: str, **more: Any) -> None:
    change = Change(**{"on": True, **more})
    shop.write(lambda session: change_automatic(session, ALICE, app_of(session, ALICE, "shop"), origin, change))


def made(shop: Seeded) -> list[Stage]:
    with shop.world.database.read() as session:
        return [stage for stage in stages_of(session, session.scalars(sa.select(App)).one().id) if stage.origin]


def names(shop: Seeded) -> list[str]:
    return [stage.name for stage in made(shop)]


def branch(shop: Seeded, name: str, text: str = "new\n", path: str = "new.txt") -> str:
    """A commit more on the branch; the first begins at main."""
    there = git(("branch", "--list", name), cwd=shop.repository.folder)
    git(("checkout", "--quiet", *(() if there else ("-b",)), name), cwd=shop.repository.folder)
    shop.repository.write(path, text)
    commit = shop.repository.commit(f"On {name}: {text.strip()}", allow_empty=True)
    git(("checkout", "--quiet", "main"), cwd=shop.repository.folder)
    return commit


def pushed(shop: Seeded, github: Github, name: str, text: str = "new\n") -> str:
    commit = branch(shop, name, text)
    github.push(commit, name)
    work(shop)
    return commit


def deleted(shop: Seeded, github: Github, name: str) -> None:
    git(("branch", "-D", "--quiet", name), cwd=shop.repository.folder)
    github.send("push", {"ref": f"refs/heads/{name}", "before": "a" * 40, "after": "0" * 40, "deleted": True})
    work(shop)


def told(
    shop: Seeded,
    github: Github,
    action: str,
    commit: str,
    *,
    number: int = 7,
    fork: bool = False,
    at: str = "",
    state: str = "",
) -> str:
    """What was done about a pull request from `changes` to `main`."""
    ours, theirs = {"full_name": "mike/shop"}, {"full_name": "eve/shop"}
    request = {
        "number": number, "title": "Changes", "merged": False, **({"state": state} if state else {}), "draft": False, "user": {"login": "mike"},
        "updated_at": at or now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "head": {"ref": "changes", "sha": commit, "repo": theirs if fork else ours},
        "base": {"ref": "main", "sha": "b" * 40, "repo": ours},
    }  # fmt: skip
    answer = github.send("pull_request", {"action": action, "number": number, "pull_request": request})
    assert answer.status_code == 202, answer.text
    work(shop)
    return heard(shop.world)[-1].outcome


def work(shop: Seeded) -> None:
    while work_due(shop.world):
        pass


def finish(shop: Seeded) -> None:
    """Every build of these stages has ended."""
    ids = [stage.id for stage in made(shop)]
    shop.write(lambda s: s.execute(sa.update(Build).where(Build.stage_id.in_(ids)).values(state="succeeded")))


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


def test_the_limit_is_told(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, most=1)
    pushed(shop, github, "one")
    pushed(shop, github, "two")

    assert names(shop) == ["one"]
    assert heard(shop.world)[-1].outcome == (
        "The branch two gets no stage: 1 of 1 are there already. It is made when one of them goes."
    )


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


def test_the_build_spec_may_name_the_stage(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", "stage_name_constructor: 'echo ${SEED_STAGE_BRANCH#*/} | tr A-Z a-z'\n")
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


def removals(shop: Seeded) -> list[str]:
    with shop.world.database.read() as session:
        return list(session.scalars(sa.select(Removal.stage).where(Removal.stage.in_(["login", "pr7"]))))


def test_a_stage_goes_after_its_idle_days(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, idle_days=7)
    pushed(shop, github, "login")
    close_what_is_idle(shop.world)
    assert [stage.closing for stage in made(shop)] == [""]

    shop.write(lambda s: s.execute(sa.update(Build).values(created_at=now() - timedelta(days=8))))
    close_what_is_idle(shop.world)

    assert [stage.closing for stage in made(shop)] == ["nothing was built for 7 days"]


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


def app(shop: Seeded) -> App:
    with shop.world.database.read() as session:
        return session.scalars(sa.select(App)).one()


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


def idle_for(shop: Seeded, days: int) -> None:
    ago = now() - timedelta(days=days)
    shop.write(lambda s: s.execute(sa.update(Build).values(created_at=ago)))
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.origin != "").values(made_at=ago)))


def marked_idle(shop: Seeded, github: Github) -> Stage:
    switch(shop, BRANCH, idle_days=7)
    pushed(shop, github, "login")
    finish(shop)
    idle_for(shop, 8)
    close_what_is_idle(shop.world)
    [stage] = made(shop)
    assert stage.closing
    return stage


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


def waits(shop: Seeded, origin: str) -> list[str]:
    with shop.world.database.read() as session:
        return list(waiting(session, app(shop).id, origin))


def goes(shop: Seeded, name: str) -> None:
    """Its resources are gone, and so is it."""
    shop.write(lambda s: forget(s, s.scalars(sa.select(Stage).where(Stage.name == name)).one()))


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
