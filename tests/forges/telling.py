"""A shop that is connected to a fake forge, and what it tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.apps.records import App, Stage
from seed.builds.deploy import Commit, add_build
from seed.builds.records import Build, ServiceBuild
from seed.connections.connect import Asked, connect_forge
from seed.connections.records import ForgeConnection, ForgeMessage, KnownPullRequest
from seed.db.base import now
from seed.forges.connect import Access
from seed.forges.fake import FakeForge
from seed.forges.port import ForgeApi
from seed.forges.webhooks import Forge
from seed.people.actor import SEED
from seed.work.telling.forge_messages import put_out, send_due

SHA = "a" * 40


SECRET = "glpat-very-secret"


class Speaking:
    """A shop that is connected to a fake forge."""

    def __init__(self, shop: Seeded) -> None:
        self.shop, self.forge, self.accesses = shop, FakeForge(), list[Access]()
        self.clock: Callable[[], datetime] = now
        self.world = replace(shop.world, forge=self._forge)

    def _forge(self, access: Access) -> ForgeApi:
        self.accesses.append(access)
        return self.forge

    def connect(self, forge: Forge = "github", **asked: Any) -> None:
        given = Asked(forge, repository="mike/shop", secret=SECRET, **asked)
        private = frozenset({"127.0.0.1"})
        self.write(lambda session: connect_forge(session, SEED, app_of(session), given, self.world.vault, private))

    def write(self, change: Any) -> Any:
        return self.shop.write(change)

    def build(self, stage: str = "dev", branch: str = "main", commit: str = SHA) -> int:
        def make(session: sa.orm.Session) -> int:
            app = app_of(session)
            row = session.scalars(sa.select(Stage).where(Stage.app_id == app.id, Stage.name == stage)).one()
            made = add_build(
                session, row.id, Commit(commit), list(app.services), trigger="push", branch=branch, asked_by="x"
            )
            return made.id

        return int(self.write(make))

    def now_is(self, build: int, state: str, services: str = "", outputs: dict[str, str] | None = None) -> None:
        ended = self.clock() if state not in {"queued", "running"} else None
        self.write(lambda session: session.execute(
            sa.update(Build).where(Build.id == build).values(state=state, ended_at=ended)))  # fmt: skip
        if services:
            self.write(lambda session: session.execute(
                sa.update(ServiceBuild).where(ServiceBuild.build_id == build).values(state=services, outputs=outputs)))  # fmt: skip

    def tell(self) -> None:
        """One turn of the clock, whatever was to wait."""
        with self.world.database.read() as session:
            connection = session.scalars(sa.select(ForgeConnection)).one()
            app = app_of(session)
        put_out(self.world, connection, app)
        send_due(self.world)

    def hurry(self) -> None:
        self.write(lambda session: (session.execute(sa.update(ForgeMessage).values(due_at=now())),
                                    session.execute(sa.update(ForgeConnection).values(paused_until=None))))  # fmt: skip

    def rows(self) -> list[ForgeMessage]:
        with self.world.database.read() as session:
            return list(session.scalars(sa.select(ForgeMessage).order_by(ForgeMessage.id)))

    def request(self, number: int = 7, **changed: Any) -> None:
        row = {"state": "open", "head_branch": "main", "head_commit": SHA, "base_branch": "release", "title": "",
               "author": "", "from_fork": False, "at": None, **changed}  # fmt: skip
        self.write(lambda session: session.add(KnownPullRequest(app_id=app_of(session).id, number=number, **row)))


def app_of(session: Any) -> App:
    return session.scalars(sa.select(App)).one()  # type: ignore[no-any-return]


def problem(speaking: Speaking) -> str:
    with speaking.world.database.read() as session:
        return session.scalars(sa.select(ForgeConnection)).one().problem
