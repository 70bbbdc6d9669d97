"""A Seed full of rows and without work: an app in every state that a page can show.

Nothing runs here: no engine, no AWS. The rows are what real builds and promotions leave behind; their change
sets are compared from real templates.

    python -m tests.support.seeded FOLDER [PORT]      serves it on loopback, to look at
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.change_sets import (
    NEW_CODE,
    NEW_SHA,
    OLD_CODE,
    OLD_SHA,
)
from tests.support.databases import database_at
from tests.support.repository import Repository
from tests.support.rows import SERVICES, Rows

from seed.apps.add import webhook_place
from seed.apps.records import Account, App, Service, Stage
from seed.audit.record import record
from seed.aws.port import Cloud
from seed.db.base import now
from seed.git import Mirror
from seed.log import configure
from seed.people.records import Person
from seed.people.sign_in import add_person, begin
from seed.server import Server, application
from seed.settings import load as load_settings
from seed.work.jobs.engine import Handler, Kind
from seed.work.world import World

EMAIL, PASSWORD = "alice@example.com", "correct horse battery"
SERVERS: list[Server] = []
"""Kept until they are closed, or as long as the process, as a real one is: each holds the lock of its folder."""


class NoWork:
    """An engine that takes jobs and never runs them."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Kind, int]] = []
        self.ids: list[tuple[Kind, int, int]] = []
        """One that is there already would not be run."""

    def submit(
        self, session: Session, kind: Kind, run_id: int, *, key: str, order: int, again: int = 0,  # noqa: ARG002
    ) -> None:  # fmt: skip
        self.jobs.append((kind, run_id))
        self.ids.append((kind, run_id, again))

    def start(self, handlers: Mapping[Kind, Handler]) -> None: ...
    def stop(self) -> None: ...
    def pending(self) -> dict[str, int]:
        return {}

    def purge(self, keep_days: int) -> int:  # noqa: ARG002
        return 0


class NoCloud:
    """An account with no stack in it."""

    region = "us-east-1"

    def stack(self, name: str) -> None:  # noqa: ARG002
        return None

    def template(self, name: str) -> None:  # noqa: ARG002
        return None


@dataclass
class Seeded:
    server: Server
    repository: Repository
    commits: list[str]

    @property
    def world(self) -> World:
        return self.server.world

    def key(self) -> str:
        """A cookie of Alice's."""
        with self.world.database.write() as session:
            return begin(session, session.scalars(sa.select(Person)).one(), days=1)

    def close(self) -> None:
        close(self.server)

    def write(self, change: Callable[[Session], Any]) -> Any:
        with self.world.database.write() as session:
            return change(session)


def empty(folder: Path, port: int = 1) -> Server:
    """A server that is composed and migrated, but does nothing."""
    server = Server(load_settings(data=folder / "data", port=port, aws="none", sandbox="none"))
    database_at(server.folders.database).close()
    SERVERS.append(server)
    cloud: Cloud = NoCloud()  # type: ignore[assignment]  # only what a confirmation looks at
    server.world = replace(server.world, engine=NoWork(), connect=lambda _account: cloud)
    return server


def close(server: Server) -> None:
    """Nothing of it is left open, or kept."""
    if server in SERVERS:
        SERVERS.remove(server)
    server.world.bell.close()
    server.world.database.close()
    if server._lock is not None:
        server._lock.close()


def somebody(session: Session) -> Person:
    """Without a password: to hash one takes longer than most tests."""
    person = Person(email=EMAIL, name="Alice", password_hash="none")
    session.add(person)
    session.flush()
    return person


def seeded(folder: Path, port: int = 1) -> Seeded:
    server = empty(folder, port)
    repository = Repository(folder / "repository", SERVICES)
    commits = [repository.commit(subject, allow_empty=True) for subject in (
        "Let customers pay by invoice", "Sort orders by the time they were made", "Log less, answer faster")]  # fmt: skip
    made = Seeded(server, repository, commits)
    for sha256, content in ((OLD_SHA, OLD_CODE), (NEW_SHA, NEW_CODE)):
        place = server.folders.packages / "files" / sha256[:2] / sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    made.write(lambda session: _rows(session, made))
    with server.world.database.read() as session:
        app = session.query(App).one()
    Mirror(server.folders.mirror(app.id), str(repository.folder)).sync()
    return made


def copied(source: Seeded, folder: Path) -> Seeded:
    """The same rows and repository for a test to change: much quicker than telling them again."""
    shutil.copytree(source.world.folders.data, folder / "data")
    repository = source.repository.copied(folder / "repository")
    made = Seeded(empty(folder), repository, source.commits)
    made.write(lambda session: session.execute(sa.update(App).values(repository=str(repository.folder))))
    return made


def _rows(session: Session, made: Seeded) -> None:
    add_person(session, EMAIL, "Alice", PASSWORD)
    accounts = [Account(name="local", kind="local", region="us-east-1", aws_account="000000000000", checked_at=now()),
                Account(name="production", kind="role", region="eu-central-1", role_arn="arn:aws:iam::123456789012:role/Seed",
                        checked_at=now(), problem="The role cannot be assumed: AccessDenied.")]  # fmt: skip
    session.add_all(accounts)
    session.flush()
    secret = made.world.vault.seal("s3cret-of-the-hook", webhook_place("shop"))
    app = App(
        slug="shop", name="shop", repository=str(made.repository.folder), branch="main", sealed_webhook_secret=secret
    )
    session.add(app)
    session.flush()
    services = [Service(app_id=app.id, name=name, path=name, config="serverless.yml") for name in SERVICES]
    stages = [
        Stage(app_id=app.id, account_id=accounts[0].id, name=name, kind=kind, branch=branch, auto_deploy=bool(branch), position=position)
        for name, kind, branch, position in (("dev", "development", "main", 1), ("feature", "development", "feature/pay-by-invoice-and-a-very-long-branch-name", 2),
                                             ("staging", "staging", "", 50), ("prod", "production", "", 100))
    ]  # fmt: skip
    session.add_all([*services, *stages])
    session.flush()
    record(session, "Alice", "app.added", "shop", app_id=app.id, services=list(SERVICES))
    Rows(session, made.world, made.commits, app, services, {stage.name: stage for stage in stages}).tell()


def main() -> None:
    import uvicorn

    folder, port = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8092
    made = seeded(folder, port)
    configure(made.world.settings)  # else a failure is told with every local value, for minutes
    print(json.dumps({"url": made.world.settings.url, "cookie": made.key()}), flush=True)
    uvicorn.run(application(made.server), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
