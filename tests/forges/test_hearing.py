"""A webhook is stored within its request and worked afterwards: once, in order, and through outages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges import bodies
from tests.forges.examples import example
from tests.forges.hearing import Github, builds, heard, later
from tests.support.seeded import Seeded

from seed.apps.records import App, Delivery, Stage
from seed.connections.hear import forget
from seed.connections.records import HeardEvent, KnownPullRequest
from seed.db.base import now
from seed.forges.signatures import sign
from seed.git.command import git
from seed.work.hearing import forge_events
from seed.work.hearing.forge_events import wait_after, work_due


def test_a_push_is_stored_at_once_and_built_afterwards(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("By webhook", allow_empty=True)

    answer = github.push(commit)

    assert (answer.status_code, answer.json()) == (202, {"name": "push", "events": ["push"], "repeated": False})
    assert builds(shop) == []
    assert [row.state for row in heard(shop.world)] == ["waiting"]
    work_due(shop.world)
    [build] = builds(shop)
    assert (build.commit, build.trigger, build.branch) == (commit, "push", "main")
    [row] = heard(shop.world)
    assert (row.state, row.outcome) == ("done", f"Asked for build {build.number} of dev.")


def test_a_delivery_is_worked_once(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("By webhook", allow_empty=True)

    first, second = (github.push(commit, delivery="d-1") for _ in range(2))

    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    work_due(shop.world)
    assert len(heard(shop.world)) == len(builds(shop)) == 1


def test_an_old_push_replayed_under_a_new_id_brings_nothing_back(shop: Seeded, github: Github) -> None:
    old = shop.repository.commit("Old", allow_empty=True)
    github.push(old)
    work_due(shop.world)
    new = shop.repository.commit("New", allow_empty=True)
    github.push(new)
    work_due(shop.world)

    github.push(old)
    work_due(shop.world)

    assert [build.commit for build in builds(shop)] == [old, new]


def test_a_closed_pull_request_replayed_under_a_new_id_is_not_heard(github: Github) -> None:
    closed = example("pull_request", action="closed")

    first, replayed = github.send("pull_request", closed), github.send("pull_request", closed)

    assert (first.json()["repeated"], replayed.json()["repeated"]) == (False, True)


@pytest.mark.parametrize("signature", ["", "sha256=" + "0" * 64, "nonsense"])
def test_a_wrong_signature_leaves_nothing(shop: Seeded, web: TestClient, signature: str) -> None:
    headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": signature}

    answer = web.post("/hooks/shop/github", content=b"{}", headers=headers)
    unknown = web.post("/hooks/nothing-here/github", content=b"{}", headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong-signature")
    assert unknown.json() == answer.json()
    assert heard(shop.world) == []


def test_what_cannot_be_read_is_told(shop: Seeded, github: Github) -> None:
    refused = github.send("push", {"before": "x"})

    assert refused.status_code == 422
    assert (refused.json()["error"]["code"], refused.json()["error"]["where"]) == ("webhook-not-readable", "ref")
    assert heard(shop.world) == []


def test_a_large_body_is_refused(web: TestClient, secret: str) -> None:
    raw = b'{"x": "' + b"x" * 1_000_000 + b'"}'

    answer = web.post("/hooks/shop/github", content=raw, headers={"X-Hub-Signature-256": sign(secret, raw)})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too-large")


def test_an_unknown_forge_is_told(web: TestClient) -> None:
    assert web.post("/hooks/shop/sourcehut", content=b"{}").status_code == 422


def test_a_ping_and_what_nobody_follows_are_taken(shop: Seeded, github: Github) -> None:
    assert github.send("ping", example("ping")).json() == {"name": "ping", "events": [], "repeated": False}
    assert github.send("star", {"action": "created"}).status_code == 202
    assert heard(shop.world) == []


def test_a_webhook_of_another_repository_is_refused(shop: Seeded, github: Github) -> None:
    shop.write(lambda session: session.execute(sa.update(App).values(repository="git@github.com:mike/shop.git")))

    refused = github.send("push", example("push", ref="refs/heads/master"))
    ours = github.send("push", {"ref": "refs/heads/x", "before": "", "after": "a" * 40,
                                "repository": {"full_name": "Mike/Shop"}})  # fmt: skip

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "other-repository")
    assert "Codertocat/Hello-World" in refused.json()["error"]["sentence"]
    assert ours.status_code == 202


def test_gitlab_and_bitbucket_are_heard(shop: Seeded, web: TestClient, secret: str) -> None:
    commit = shop.repository.commit("By webhook", allow_empty=True)
    gitlab = bodies.gitlab_push(after=commit)
    ref = bodies.bitbucket_ref("main", commit)
    raw = json.dumps(bodies.bitbucket_push((ref, ref), (ref, None))).encode()

    one = web.post("/hooks/shop/gitlab", json=gitlab, headers={"X-Gitlab-Token": secret, "Idempotency-Key": "k"})
    two = web.post("/hooks/shop/bitbucket", content=raw,
                   headers={"X-Event-Key": "repo:push", "X-Hub-Signature": sign(secret, raw)})  # fmt: skip

    assert one.json()["events"] == ["push"]
    assert two.json()["events"] == ["push", "branch-deleted"]
    work_due(shop.world)
    assert [build.commit for build in builds(shop)] == [commit]


@pytest.mark.parametrize("mark", ["[skip ci]", "[ci skip]"])
def test_a_commit_that_asks_for_it_is_skipped(shop: Seeded, github: Github, mark: str) -> None:
    github.push(shop.repository.commit(f"Words only {mark}", allow_empty=True))

    work_due(shop.world)

    assert builds(shop) == []


def test_a_push_told_before_the_repository_shows_it_is_tried_again(shop: Seeded, github: Github) -> None:
    github.push("c" * 40)
    work_due(shop.world)
    assert [(row.state, row.attempts) for row in heard(shop.world)] == [("waiting", 1)]
    assert work_due(shop.world) == 0, "not before its time"

    for _ in range(10):
        later(shop)
        work_due(shop.world)

    [row] = heard(shop.world)
    assert (row.state, row.attempts) == ("failed", 5)
    assert "c" * 12 in row.outcome


def test_an_outage_of_the_repository_loses_no_push(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("During the outage", allow_empty=True)
    away = shop.repository.folder.rename(shop.repository.folder.with_name("away"))
    github.push(commit)
    for _ in range(12):
        later(shop)
        work_due(shop.world)
    assert [row.state for row in heard(shop.world)] == ["waiting"]

    away.rename(shop.repository.folder)
    later(shop)
    work_due(shop.world)

    assert [build.commit for build in builds(shop)] == [commit]


def test_what_is_tried_again_waits_longer_each_time() -> None:
    waits = [wait_after(n) for n in range(1, 41)]

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(minutes=10))
    assert timedelta(hours=5) < sum(waits, timedelta()) < timedelta(hours=7)


def test_of_one_subject_the_older_event_is_worked_first(shop: Seeded, github: Github) -> None:
    opened, closed = (example("pull_request", action=action) for action in ("opened", "closed"))
    github.send("pull_request", opened)
    github.send("pull_request", closed)
    shop.write(lambda session: session.execute(
        sa.update(HeardEvent).where(HeardEvent.id == 1).values(due_at=now() + timedelta(hours=1))))  # fmt: skip

    assert work_due(shop.world) == 0
    later(shop)
    while work_due(shop.world):
        pass

    assert [row.state for row in heard(shop.world)] == ["done", "done"]
    with shop.world.database.read() as session:
        [known] = session.scalars(sa.select(KnownPullRequest))
    assert (known.number, known.state, known.head_branch) == (2, "closed", "changes")


def test_an_older_word_on_a_pull_request_says_nothing_new(shop: Seeded, github: Github) -> None:
    github.send("pull_request", example("pull_request", action="closed"))
    work_due(shop.world)
    github.send("pull_request", example("pull_request", action="opened"))
    work_due(shop.world)

    with shop.world.database.read() as session:
        [known] = session.scalars(sa.select(KnownPullRequest))
    assert known.state == "closed"


def test_a_deleted_branch_that_is_there_is_told_as_such(shop: Seeded, github: Github) -> None:
    deleted = {"ref": "refs/heads/main", "before": "a" * 40, "after": "0" * 40, "deleted": True}
    github.send("push", deleted)
    github.send("push", {**deleted, "ref": "refs/heads/gone"})

    work_due(shop.world)

    assert [row.outcome for row in heard(shop.world)] == ["The branch main is there again.", forge_events.NOTHING]


@pytest.mark.parametrize("branch", ["x" * 200, "$(touch x)`id`", "../../etc/passwd", "-rf", "ü/ñ", "<script>"])
def test_hostile_branch_names_are_words(shop: Seeded, github: Github, branch: str) -> None:
    assert github.push("a" * 40, branch).status_code == 202

    work_due(shop.world)

    [row] = heard(shop.world)
    assert (row.state, row.body["branch"]) == ("done", branch)


def test_a_force_push_is_built_where_the_branch_is_now(shop: Seeded, github: Github) -> None:
    gone = shop.repository.commit("To be pushed away", allow_empty=True)
    git(("reset", "--quiet", "--hard", "HEAD~1"), cwd=shop.repository.folder)
    forced = shop.repository.commit("Instead", allow_empty=True)

    github.push(gone)
    github.push(forced)
    work_due(shop.world)

    assert [build.commit for build in builds(shop)] == [forced]


def test_a_push_that_asks_not_to_be_built_says_so(shop: Seeded, github: Github) -> None:
    commit = shop.repository.commit("Only words [skip ci]", allow_empty=True)
    github.push(commit)
    work_due(shop.world)

    assert builds(shop) == []
    assert heard(shop.world)[0].outcome == f"{commit[:12]} asks not to be built."


def test_deliveries_are_forgotten_after_a_month_but_not_what_waits(shop: Seeded, github: Github) -> None:
    github.push("c" * 40)
    github.send("push", {"ref": "refs/heads/x", "before": "", "after": "a" * 40})
    work_due(shop.world)
    old = now() - timedelta(days=31)
    shop.write(lambda session: (session.execute(sa.update(HeardEvent).values(at=old)),
                                session.execute(sa.update(Delivery).values(at=old))))  # fmt: skip

    shop.write(forget)

    assert [row.state for row in heard(shop.world)] == ["waiting"]
    with shop.world.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Delivery.id))) == 0


def test_a_stage_that_does_not_deploy_by_itself_is_left_alone(shop: Seeded, github: Github) -> None:
    shop.write(lambda session: session.execute(sa.update(Stage).values(auto_deploy=False)))

    github.push(shop.repository.commit("Quiet", allow_empty=True))
    work_due(shop.world)

    assert builds(shop) == []
    assert [row.outcome for row in heard(shop.world)] == [forge_events.NOTHING]
