"""The rows: nothing lost under load, seals bound to their place, migrations that keep what is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.support.machines import stage_with
from tests.support.seeded import empty

import seed.db.records  # noqa: F401, so that the metadata is whole
from seed.apps.login import login_of
from seed.apps.records import Account, App, Service, StageLock
from seed.audit.record import record
from seed.audit.records import AuditEvent
from seed.builds.deploy import Commit, add_build
from seed.db.base import Base, Database, now, ring
from seed.db.migrate import migrate
from seed.db.rotate import rotate_keys
from seed.db.vault import SecretNotReadable, Vault
from seed.git.command import git
from seed.people.actor import Actor
from seed.work.seal_logins import seal_logins
from seed.work.secrets import raw_secrets


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "seed.db")
    migrate(made)
    yield made
    made.close()


def test_eight_threads_that_read_then_write_lose_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(Account(id=1, name="0", kind="local", region="x"))

    def count() -> None:
        for _ in range(50):
            with database.write() as session:
                row = session.get_one(Account, 1)
                row.name = str(int(row.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert session.get_one(Account, 1).name == "400"


def test_topics_ring_once_the_rows_are_there_and_not_when_they_are_taken_back(tmp_path: Path) -> None:
    rung: list[str] = []
    database = Database(tmp_path / "x.db", rung.append)
    migrate(database)
    with database.write() as session:
        ring(session, "b", "a", "a")
        assert rung == []
    with pytest.raises(ZeroDivisionError):
        _ring_and_fail(database)
    database.close()

    assert rung == ["a", "b"]


def test_the_migrations_make_exactly_the_records(database: Database) -> None:
    with database.plain.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)

    assert difference == []


def test_migrating_a_filled_database_again_keeps_every_row(database: Database) -> None:
    with database.write() as session:
        session.add(App(slug="a", name="a", repository="/r", branch="main", sealed_webhook_secret=b"x"))
        session.flush()
        session.add(Service(app_id=1, name="s", path="", config="serverless.yml"))

    migrate(database)

    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Service.id))) == 1


def test_a_lock_that_is_held_while_seed_is_upgraded_stays_held(database: Database) -> None:
    with database.write() as session:
        stage, services = stage_with(session, "api")
        build = add_build(session, stage.id, Commit("a" * 40), services, trigger="push", branch="main", asked_by="seed")
        session.add(StageLock(stage_id=stage.id, build_id=build.id))
    with database.plain.begin() as connection:  # as 0030 left it
        connection.exec_driver_sql("ALTER TABLE stage_locks ADD COLUMN fence INTEGER NOT NULL DEFAULT 1")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0030'")

    migrate(database, "0031")

    with database.plain.connect() as connection:
        assert {column["name"] for column in sa.inspect(connection).get_columns("stage_locks")} == {
            "stage_id", "build_id", "taken_at"
        }  # fmt: skip
    with database.read() as session:
        assert session.get_one(StageLock, stage.id).build_id == build.id


def test_the_audit_log_only_grows(database: Database) -> None:
    with database.write() as session:
        record(session, "Alice", "thing.done", "x")
    for change in (sa.update(AuditEvent).values(actor="Bob"), sa.delete(AuditEvent)):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), database.write() as session:
            session.execute(change)


def test_times_are_aware_and_a_naive_one_is_refused(database: Database) -> None:
    with database.write() as session:
        session.add(Account(name="a", kind="local", region="x", checked_at=now()))
    with database.read() as session:
        assert session.scalars(sa.select(Account.checked_at)).one().tzinfo is not None
    with pytest.raises(sa.exc.StatementError), database.write() as session:
        session.add(Account(name="b", kind="local", region="x", checked_at=now().replace(tzinfo=None)))


def test_a_sealed_value_opens_only_in_its_place_and_with_its_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "key")
    sealed = vault.seal("secret", "account/a")

    assert Vault(tmp_path / "key").open(sealed, "account/a") == "secret"
    assert b"secret" not in sealed
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SecretNotReadable):
        vault.open(sealed, "account/b")
    with pytest.raises(SecretNotReadable):
        Vault(tmp_path / "other").open(sealed, "account/a")


def test_a_login_that_lay_in_clear_is_sealed_by_the_start_and_on_the_disk_no_more(tmp_path: Path) -> None:
    server, token = empty(tmp_path), "ghp_hush_of_robin"
    world, address = server.world, f"https://robin:{token}@example.com/mike/shop"
    half = world.folders.mirror(1).with_suffix(".half")
    for folder in (world.folders.mirror(1), half, world.folders.work / "tmpx/repository.git"):
        git(("init", "--quiet", "--bare", str(folder)))
        git(("-C", str(folder), "config", "remote.origin.url", address))
    with world.database.write() as session:
        session.add(
            App(slug="a", name="a", repository=address, branch="main", sealed_webhook_secret=world.vault.seal("x", "y"))
        )

    for _ in range(2):
        seal_logins(world)

    with world.database.read() as session:
        app = session.scalars(sa.select(App)).one()
    kept = [file.read_bytes() for file in world.folders.data.rglob("*") if file.is_file()]
    assert (app.repository, login_of(app, world.vault)) == ("https://example.com/mike/shop", f"robin:{token}")
    assert len(kept) > 5
    assert not any(token.encode() in one for one in kept)
    rotate_keys(world.database, world.vault, Actor(1, "Alice", "admin"))
    with world.database.read() as session:
        assert login_of(session.scalars(sa.select(App)).one(), Vault(world.folders.key)) == f"robin:{token}"
    assert raw_secrets(world) >= {token}


def _ring_and_fail(database: Database) -> None:
    with database.write() as session:
        ring(session, "never")
        _ = 1 / 0
