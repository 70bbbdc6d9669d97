"""How many of an app's stages work at a time: set, and heeded from now on by those that wait already."""

from __future__ import annotations

import sqlalchemy as sa

from seed.apps.edit_app import set_stages_at_once
from seed.apps.find import app_of
from seed.apps.records import App
from seed.people.actor import Actor
from seed.work.world import World


def limit_app(world: World, actor: Actor, slug: str, number: int) -> None:
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        set_stages_at_once(session, actor, app, number, world.settings.stages_at_once_per_app)
    world.turns.limit(app.id, number)


def heed_limits(world: World) -> None:
    """Before the first job: turns store nothing."""
    with world.database.read() as session:
        limits = session.execute(sa.select(App.id, App.stages_at_once).where(App.stages_at_once > 0)).all()
    for app_id, number in limits:
        world.turns.limit(app_id, number)
