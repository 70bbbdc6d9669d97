"""What machines of rules stand on: one Seed of rows for all of a kind, and an app of its own for each."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session
from tests.support.databases import database_at
from tests.support.seeded import NoWork, empty

from seed.apps.records import Account, App, Service, Stage
from seed.work.world import World

NUMBERS = itertools.count()


@cache
def world_of(kind: str) -> World:
    folder = tempfile.mkdtemp(prefix=f"seed-{kind}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return empty(Path(folder)).world


def emptied(world: World) -> World:
    """On a file without rows, and without jobs. What whoever had it before has composed, statements too, stays."""
    world.database.close()
    for file in world.database.path.parent.glob(f"{world.database.path.name}*"):
        file.unlink()
    database_at(world.database.path).close()
    assert isinstance(world.engine, NoWork)
    world.engine.jobs.clear()
    return world


def stage_with(session: Session, *names: str) -> tuple[Stage, list[Service]]:
    """The only stage of a new app that has these services."""
    name = f"a{next(NUMBERS)}"
    account = Account(name=name, kind="keys", region="x")
    app = App(slug=name, name=name, repository="/none", branch="main", sealed_webhook_secret=b"")
    session.add_all([account, app])
    session.flush()
    stage = Stage(app_id=app.id, account_id=account.id, name="dev", kind="development", branch="main", position=1)
    services = [Service(app_id=app.id, name=one, path=one, config="x") for one in names]
    session.add_all([stage, *services])
    session.flush()
    return stage, services
