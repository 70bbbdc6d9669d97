"""Old logs are emptied where the server is told to, and never one of what has not ended."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.seeded import Seeded

from seed.builds.records import ServiceBuild
from seed.db.base import now
from seed.work.logs.empty_old import empty_old_logs
from seed.work.logs.log import LogWriter, read
from seed.work.world import World

LINES = 50


def told_to(shop: Seeded, days: float) -> World:
    return replace(shop.world, settings=shop.world.settings.model_copy(update={"log_days": days}))


def written(path: Path, days_ago: float) -> Path:
    path.unlink(missing_ok=True)
    writer = LogWriter(path)
    for number in range(LINES):
        writer.write(f"line {number}")
    writer.close()
    at = (now() - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))
    return path


def of_a_build(shop: Seeded, state: str) -> Path:
    with shop.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).order_by(ServiceBuild.id).limit(1)).one()
        row.state = state
    return shop.world.folders.log(row.id)


@pytest.mark.parametrize("days", [30, 1.5])
def test_an_old_log_says_that_it_was_emptied_once(shop: Seeded, days: float) -> None:
    logs = [of_a_build(shop, "succeeded"), shop.world.folders.package_log(10**9), shop.world.folders.removal_log(10**9)]
    for log in logs:
        written(log, days_ago=days + 1)
    young = written(shop.world.folders.log(10**9), days_ago=days - 1)

    for _ in range(2):
        empty_old_logs(told_to(shop, days))

    for log in logs:
        assert [line.text for line in read(log)] == [
            f"This log was emptied: its last line was more than {days:g} days old."
        ]
    assert len(read(young)) == LINES


def test_what_has_not_ended_keeps_its_log_however_long_it_is_silent(shop: Seeded) -> None:
    log = written(of_a_build(shop, "deploying"), days_ago=100)

    empty_old_logs(told_to(shop, 30))

    assert len(read(log)) == LINES


def test_all_are_kept_where_nothing_is_said(shop: Seeded) -> None:
    log = written(of_a_build(shop, "succeeded"), days_ago=3000)

    empty_old_logs(shop.world)

    assert len(read(log)) == LINES
