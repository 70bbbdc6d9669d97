"""A process that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from seed.db.base import Database


class Died(BaseException):
    """The process is gone: no handler hears of it."""


class MortalDatabase:
    """Dies before so many transactions that write."""

    def __init__(self, database: Database, lives: int) -> None:
        self._database, self._lives = database, lives
        self.read = database.read

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._lives -= 1
        if self._lives < 0:
            raise Died
        with self._database.write() as session:
            yield session
