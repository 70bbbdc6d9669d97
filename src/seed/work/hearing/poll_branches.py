"""Branches that came, moved or went between two polls, where no forge tells of them.

The first poll makes no stages: it remembers what is there, so that switching it on does not deploy every old branch.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
import structlog

from seed.apps.records import BRANCH, App
from seed.automatic.find import settings_of
from seed.automatic.records import SeenBranch
from seed.errors import SeedError
from seed.work.hearing.automatic_stages import branch_gone, branch_pushed
from seed.work.world import World

log = structlog.get_logger(__name__)


def poll_branches(world: World, app: App) -> None:
    """What was seen is remembered after it was acted on: after a kill it is seen once more."""
    with world.database.write() as session:
        if not settings_of(session, app.id, BRANCH).on:
            session.execute(sa.delete(SeenBranch).where(SeenBranch.app_id == app.id))
            return
        rows = session.scalars(sa.select(SeenBranch).where(SeenBranch.app_id == app.id)).all()
        seen = {row.branch: row.commit for row in rows}
    mirror = world.mirror(app)
    mirror.sync()
    heads = mirror.heads()
    if not seen:  # all of them in one transaction: half of them would make the others look new
        with world.database.write() as session:
            session.add_all(SeenBranch(app_id=app.id, branch=one, commit=heads[one]) for one in heads)
        return
    for branch in [branch for branch, commit in heads.items() if seen.get(branch) != commit]:
        if _acted(branch_pushed, world, app, branch):
            with world.database.write() as session:
                session.merge(SeenBranch(app_id=app.id, branch=branch, commit=heads[branch]))
    for branch in seen.keys() - heads.keys():
        if _acted(branch_gone, world, app, branch):
            with world.database.write() as session:
                gone = sa.delete(SeenBranch).where(SeenBranch.app_id == app.id, SeenBranch.branch == branch)
                session.execute(gone)


def _acted(act: Callable[[World, App, str], str], world: World, app: App, branch: str) -> bool:
    """What one branch cannot have now keeps no other from having its own; it is tried again with the next poll."""
    try:
        act(world, app, branch)
    except SeedError as error:
        log.warning("a branch waits for the next poll", app=app.slug, branch=branch, error=str(error))
        return False
    return True
