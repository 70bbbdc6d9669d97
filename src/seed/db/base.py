"""The one way to the rows.

SQLite loses writes when a read turns into a write inside a deferred transaction, so a write session always
begins with BEGIN IMMEDIATE; reading sessions never take the lock. After a commit the database rings the
bell for every topic that the transaction named, so that pages and followers look again.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
RINGS = "rings"
PRIMARY = 0xFF
"""Of SQLite's codes, the part that is no detail."""


def now() -> datetime:
    """Aware, UTC, as every time in Seed."""
    return datetime.now(UTC)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Aware UTC on both sides; a naive time is a bug and refused."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002, the base's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002, the base's signature
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Every record. Constraints carry names, so that migrations can find them."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012, SQLAlchemy's own shape


def ring(session: Session, *topics: str) -> None:
    """Ask that `topics` be rung once this transaction has committed."""
    session.info.setdefault(RINGS, set()).update(topics)


def no_room(error: BaseException) -> bool:
    """Whether it came of a full disk."""
    if isinstance(error, sa.exc.OperationalError) and isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & PRIMARY in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


class Database:
    """Sessions on one database file."""

    def __init__(self, path: Path, bell: Callable[[str], None] = lambda _topic: None) -> None:
        self.path = path
        self._bell = bell
        self.engine = sa.create_engine(
            f"sqlite:///{path}",
            connect_args={"timeout": 30, "check_same_thread": False},
            pool_size=20,
            max_overflow=40,
        )
        sa.event.listen(self.engine, "connect", _tune)
        sa.event.listen(self.engine, "begin", _begin)
        self.writing = self.engine.execution_options(seed_write=True)
        # The durable engine begins its transactions itself, so it gets connections that we do not begin.
        self.plain = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30}, pool_size=20)
        sa.event.listen(self.plain, "connect", _pragmas)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: all of it, or nothing."""
        with Session(self.writing, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for topic in sorted(session.info.get(RINGS, ())):
                self._bell(topic)

    def compact(self) -> None:
        """What was overwritten is on the disk no more."""
        with self.plain.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM")
            alone.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()
        self.plain.dispose()


def _tune(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    # The driver's own transaction handling is off: `_begin` says when and how.
    connection.isolation_level = None
    _pragmas(connection, _record)


def _pragmas(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("seed_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
