"""A whole Seed in this process, on real parts: database, engine, Git, framework, local AWS."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.waiting import PATIENCE, eventually

from seed.apps.accounts import add_account
from seed.apps.records import Account
from seed.aws.port import Cloud
from seed.aws.values import AccountSettings
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.people.actor import Actor
from seed.people.sign_in import add_person
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion
from seed.server import Server, warm
from seed.settings import load as load_settings
from seed.work import intake
from seed.work.build import load
from seed.work.world import World

NUMBERS = itertools.count(random.randrange(10**6, 10**8))
OPEN = frozenset({"planning", "confirmed", "deploying"})
PASSWORD = "correct horse battery"
UNHEARD = 1.0
"""So many seconds after its last bell a row is looked at all the same."""


@dataclass
class Seed:
    """A started server and the people on it. Every app gets an AWS account of its own."""

    server: Server
    alice: Actor

    @property
    def world(self) -> World:
        return self.server.world

    def app(self, repository: Repository) -> TestApp:
        number = next(NUMBERS)
        account = f"account-{number}"
        settings = AccountSettings("local", access_key_id=f"{number:012d}")
        with self.world.database.write() as session:
            add_account(session, self.alice, account, settings, self.world.vault)
        made = intake.add_app(self.world, self.alice, str(repository.folder), name=f"app {number}", account=account)
        return TestApp(self, repository, made.slug, account)


@dataclass
class TestApp:
    """One app, as a person uses it: each verb waits for its end."""

    __test__ = False
    seed: Seed
    repository: Repository
    slug: str
    account: str
    patience: float = PATIENCE

    @property
    def world(self) -> World:
        return self.seed.world

    @property
    def cloud(self) -> Cloud:
        with self.world.database.read() as session:
            return self.world.connect(session.scalars(sa.select(Account).where(Account.name == self.account)).one())

    def deploy(self, stage: str = "dev", services: list[str] | None = None, *, force: bool = False) -> Build:
        asked = intake.deploy(self.world, self.seed.alice, self.slug, stage, services=services, force=force)
        return self.ended(asked.id)

    def ended(self, build_id: int) -> Build:
        states = sa.select(Build.state).where(Build.id == build_id)
        self._wait(lambda: self._one(states) in ENDED, f"build:{build_id}")
        return load(self.world, build_id)

    def promote(self, services: list[str] | None = None) -> Promotion:
        return self.settled(intake.promote(self.world, self.seed.alice, self.slug, "dev", services=services).id)

    def roll_back(self, number: int) -> Promotion:
        return self.settled(intake.roll_back(self.world, self.seed.alice, self.slug, "prod", number).id)

    def confirm(self, promotion: Promotion, actor: Actor | None = None) -> Promotion:
        intake.confirm(self.world, actor or self.seed.alice, promotion.id, promotion.digest)
        return self.settled(promotion.id)

    def settled(self, promotion_id: int) -> Promotion:
        states = sa.select(Promotion.state).where(Promotion.id == promotion_id)
        self._wait(lambda: self._one(states) not in OPEN, f"promotion:{promotion_id}")
        return self.promotion(promotion_id)

    def _wait(self, over: Callable[[], bool], topic: str) -> None:
        """Told by the bell, as pages are."""
        bell, heard = self.world.bell, [0]

        def rung(_seconds: float) -> None:
            heard[0] = bell.wait((topic,), heard[0], UNHEARD)

        eventually(over, f"the end of {topic}", self.patience, rung)

    def _one(self, query: sa.Select[str]) -> str:
        with self.world.database.read() as session:
            return session.scalars(query).one()

    def promotion(self, promotion_id: int) -> Promotion:
        with self.world.database.read() as session:
            return load_promotion(session, promotion_id)

    def live(self) -> Promotion:
        """Deploy and promote what is in the repository."""
        assert self.deploy().state == "succeeded"
        done = self.confirm(self.promote())
        assert done.state == "promoted", done.reason
        return done

    def service(self, build: Build, name: str) -> ServiceBuild:
        return next(row for row in build.services if row.service.name == name)

    def log(self, row: ServiceBuild) -> str:
        from seed.work.logs.log import read

        return "\n".join(line.text for line in read(self.world.folders.log(row.id), 0, 100_000))


def person(world: World, email: str, name: str) -> Actor:
    with world.database.write() as session:
        made = add_person(session, email, name, PASSWORD)
        return Actor(made.id, made.name, "admin")


def started(data: Path, **settings: object) -> Server:
    """A server on a data folder, without a socket, its framework warm."""
    server = Server(load_settings(data=data, private_hosts="127.0.0.1", port=1, **settings))
    warm(server.world)
    server.start()
    return server


def ended(server: Server) -> None:
    """Stopped, and let go of: what a server's process keeps until its end, one that goes on must not keep."""
    server.stop()
    server.world.engine.stop()
    server.world.database.close()
    server._lock.close()
