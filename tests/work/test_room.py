"""A full disk keeps no job from ending: it is begun again once there is room."""

from __future__ import annotations

import errno
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from seed.db.base import Database, no_room
from seed.errors import Stopping
from seed.work.errors import DiskFull
from seed.work.jobs.room import until_there_is_room
from seed.work.rows import told

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_job_that_found_no_room_is_begun_again() -> None:
    outcomes: list[Exception | None] = [FULL, FULL, None]

    def job() -> None:
        if error := outcomes.pop(0):
            raise error

    until_there_is_room(job, Event(), seconds=0)

    assert outcomes == []


def test_a_server_that_stops_leaves_it_for_its_next_start() -> None:
    stopping = Event()
    stopping.set()

    def job() -> None:
        raise FULL

    with pytest.raises(Stopping):
        until_there_is_room(job, stopping)


def test_another_failure_is_not_tried_again() -> None:
    tries: list[int] = []

    def job() -> None:
        tries.append(1)
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        until_there_is_room(job, Event(), seconds=0)

    assert tries == [1]


def test_a_database_that_cannot_grow_is_told_as_a_full_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "rows.db")
    with database.write() as session:
        session.execute(sa.text("CREATE TABLE t (x)"))
        session.execute(sa.text("PRAGMA max_page_count = 2"))
        with pytest.raises(sa.exc.OperationalError) as full:
            session.execute(sa.text("INSERT INTO t VALUES (randomblob(100000))"))
    database.close()

    assert no_room(full.value)
    assert isinstance(told(full.value), DiskFull)
    assert not no_room(ValueError("database or disk is full"))
