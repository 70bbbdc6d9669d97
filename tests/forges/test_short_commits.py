"""Bitbucket shortens commits: whose they are is known all the same."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges import bodies
from tests.forges.hearing import builds, heard, wait_for_checks
from tests.forges.stages import branch, made, switch, work
from tests.support.seeded import Seeded

from seed.apps.records import PULL_REQUEST, App, Stage
from seed.builds.records import Build
from seed.connections.records import KnownPullRequest
from seed.connections.same_commit import is_commit
from seed.forges.signatures import sign
from seed.work.commands.given import is_strangers

HEAD, OTHER = "a" * 40, "a" * 12 + "b" * 28


class Bitbucket:
    def __init__(self, shop: Seeded, web: TestClient, secret: str) -> None:
        self.shop, self.web, self.secret = shop, web, secret

    def send(self, key: str, body: dict[str, Any]) -> str:
        raw = json.dumps(body).encode()
        headers = {
            "X-Event-Key": key, "X-Request-UUID": str(uuid.uuid4()), "X-Hook-UUID": str(uuid.uuid4()),
            "X-Hub-Signature": sign(self.secret, raw), "Content-Type": "application/json",
        }  # fmt: skip
        answer = self.web.post("/hooks/shop/bitbucket", content=raw, headers=headers)
        assert answer.status_code == 202, answer.text
        work(self.shop)
        return heard(self.shop.world)[-1].outcome

    def opened(self, commit: str, repository: str = "mike/shop") -> str:
        source = {"branch": {"name": "changes"}, "commit": {"type": "commit", "hash": commit[:12]},
                  "repository": bodies.bitbucket_repository(repository)}  # fmt: skip
        return self.send("pullrequest:created", bodies.bitbucket_pull_request(source=source))


@pytest.fixture
def bitbucket(shop: Seeded, web: TestClient, secret: str) -> Bitbucket:
    return Bitbucket(shop, web, secret)


def test_bitbucket_shortens_commits_and_a_fork_is_a_stranger_all_the_same(shop: Seeded, bitbucket: Bitbucket) -> None:
    switch(shop, PULL_REQUEST, forks=True)
    head = branch(shop, "changes")
    bitbucket.opened(head, "eve/shop")
    [build] = builds(shop)
    on_dev = shop.write(lambda s: Build(
        app_id=build.app_id, stage_id=s.scalars(sa.select(Stage.id).where(Stage.name == "dev")).one(), commit=head,
        number=99, trigger="manual", asked_by="Alice"))  # fmt: skip

    assert build.head_commit == head
    with shop.world.database.read() as session:
        assert is_strangers(session, build)
        assert is_strangers(session, on_dev)
        on_dev.commit = "c" * 40
        assert not is_strangers(session, on_dev)


def test_bitbuckets_pull_request_is_built_once_its_checks_are_told(shop: Seeded, bitbucket: Bitbucket) -> None:
    switch(shop, PULL_REQUEST)
    wait_for_checks(shop)
    head = branch(shop, "changes")
    bitbucket.opened(head)
    assert made(shop) == []

    body = bodies.bitbucket_status("SUCCESSFUL")
    body["commit_status"]["links"]["commit"]["href"] = f"https://bitbucket.org/mike/shop/commit/{head}"
    bitbucket.send("repo:commit_status_updated", body)

    assert [stage.name for stage in made(shop)] == ["pr7"]


def test_a_fork_that_is_gone_leaves_what_was_known_of_its_commit(shop: Seeded, bitbucket: Bitbucket) -> None:
    bitbucket.opened(HEAD, "eve/shop")

    bitbucket.send("pullrequest:updated", bodies.bitbucket_pull_request(
        source={"branch": {"name": "changes"}, "commit": None, "repository": None}))  # fmt: skip

    with shop.world.database.read() as session:
        assert session.scalars(sa.select(KnownPullRequest.head_commit)).one() == HEAD[:12]


@pytest.mark.parametrize(
    ("stored", "asked", "same"),
    [
        (HEAD, HEAD, True),
        (HEAD[:12], HEAD, True),
        (HEAD, HEAD[:12], True),
        (HEAD, OTHER, False),
        (HEAD[:11], HEAD, False),
        ("", HEAD, False),
        (HEAD, "", False),
        ("b" * 12, HEAD, False),
    ],
)
def test_two_ids_are_one_commit_where_one_begins_the_other(shop: Seeded, stored: str, asked: str, same: bool) -> None:
    with shop.world.database.read() as session:
        assert bool(session.scalar(sa.select(is_commit(sa.literal(stored), asked)))) is same
        assert session.scalar(sa.select(sa.func.count(App.id))) == 1
