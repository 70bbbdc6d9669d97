"""Branches that came, moved or went between two polls, where no forge tells of them.

The first poll makes no stages: it remembers what is there, so that switching it on does not deploy every old branch.
"""

from __future__ import annotations

import sqlalchemy as sa

from seed.apps.records import BRANCH, App
from seed.automatic.find import settings_of
from seed.automatic.records import SeenBranch
from seed.work.automatic_stages import branch_gone, branch_pushed
from seed.work.world import World


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
    for branch in [branch for branch, commit in heads.items() if seen.get(branch) != commit]:
        if seen:
            branch_pushed(world, app, branch)
        with world.database.write() as session:
            session.merge(SeenBranch(app_id=app.id, branch=branch, commit=heads[branch]))
    for branch in seen.keys() - heads.keys():
        branch_gone(world, app, branch)
        with world.database.write() as session:
            gone = sa.delete(SeenBranch).where(SeenBranch.app_id == app.id, SeenBranch.branch == branch)
            session.execute(gone)
