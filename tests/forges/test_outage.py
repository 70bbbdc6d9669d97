"""A forge that answers 500 for an hour, spoken to over HTTP: no build fails, a person sees what waits, and afterwards
everything arrives once and in order, also when Seed was started again meanwhile. Only the clock is moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.forges.speaking import Forge, speaking
from tests.forges.telling import Speaking
from tests.support.seeded import Seeded, empty

from seed.builds.records import Build
from seed.db.base import now
from seed.forges.connect import connect
from seed.server import application

COMMITS = tuple(letter * 40 for letter in "abcde")
STEP, HOUR = timedelta(seconds=30), timedelta(hours=1)
BROKEN: tuple[int, dict[str, str], Any] = (500, {}, {"message": "Server Error"})


class Outage(Speaking):
    """A shop connected to a forge on loopback, and a clock that is moved."""

    def __init__(self, shop: Seeded, github: Forge) -> None:
        super().__init__(shop)
        self.github, self.at = github, now()
        self.clock = lambda: self.at
        self._as_started()

    def start_again(self) -> None:
        """Another process on the same data folder, as far as a test can have one."""
        self.shop.close()
        self.shop.server = empty(self.shop.world.folders.data.parent)
        self._as_started()

    def pass_time(self, time: timedelta) -> None:
        until = self.at + time
        while self.at < until:
            self.at += STEP
            self.tell()

    def _as_started(self) -> None:
        speaks = frozenset({"127.0.0.1"})
        self.world = replace(self.shop.world, clock=self.clock, forge=lambda access: connect(access, speaks))


@pytest.fixture
def github() -> Iterator[Forge]:
    with speaking("github") as found:
        yield found


@pytest.fixture
def outage(shop: Seeded, github: Forge) -> Outage:
    return Outage(shop, github)


def test_after_an_hour_of_500_everything_arrives_once_and_in_order(outage: Outage, github: Forge) -> None:
    outage.connect(api_url=github.url)
    outage.request()
    github.refusal = BROKEN

    built = []
    for commit in COMMITS:
        built.append(outage.build(commit=commit))
        for state in ("queued", "running", "succeeded"):
            outage.now_is(built[-1], state)
            outage.pass_time(HOUR / len(COMMITS) / 3)
        if commit == COMMITS[2]:
            outage.start_again()
    tried = len(github.calls)
    assert {row.state for row in outage.rows()} == {"waiting"}
    github.refusal = None
    github.calls.clear()
    outage.pass_time(timedelta(minutes=15))

    assert tried < 150, "it is asked now and then"
    assert {row.state for row in outage.rows()} == {"sent"}
    statuses = Counter(path.rsplit("/", 1)[-1] for method, path, _ in github.calls if "/statuses/" in path)
    assert statuses == dict.fromkeys(COMMITS, 1)
    assert [body["state"] for body in github.said("POST", "/statuses/")] == ["success"] * len(COMMITS)
    assert [one["ref"] for one in github.deployments.values()] == list(COMMITS), "the last one is what runs"
    assert sorted(ends_of(github)) == sorted((number, "success") for number in github.deployments)
    assert len(github.said("POST", "/comments")) == len(github.comments) == 1
    with outage.world.database.read() as session:
        assert set(session.scalars(sa.select(Build.state).where(Build.id.in_(built)))) == {"succeeded"}


def ends_of(github: Forge) -> list[tuple[str, Any]]:
    told = [
        (path, body) for method, path, body in github.calls if path.endswith("/statuses") and "/deployments/" in path
    ]
    return [(path.split("/")[-2], body["state"]) for path, body in told]


def test_while_it_is_away_a_person_sees_what_waits_and_until_when(outage: Outage, github: Forge) -> None:
    outage.connect(api_url=github.url)
    web = TestClient(application(outage.shop.server), base_url="http://127.0.0.1")
    web.cookies.set("seed_session", outage.shop.key())

    def shown() -> tuple[Any, str]:
        return web.get("/api/v1/apps/shop/forge").json()["backlog"], web.get("/apps/shop/settings/forge").text

    outage.build()
    github.refusal = BROKEN
    outage.tell()
    backlog, page = shown()
    again = outage.at + timedelta(seconds=5)
    assert (backlog["waiting"], backlog["problem"]) == (2, "The forge answered 500.")
    assert backlog["next_at"].startswith(f"{again:%Y-%m-%dT%H:%M:%S}")
    assert "2 messages wait" in page
    assert f"It is asked again at {again:%H:%M:%S} UTC." in page

    github.refusal = None
    outage.pass_time(timedelta(minutes=1))
    backlog, page = shown()
    assert backlog == {"waiting": 0, "problem": "", "next_at": None}
    assert "messages wait" not in page
