"""Logins in the addresses of repositories, as they were kept in clear once: sealed when a server starts.

A migration has no key. The mirror forgets first: a start that is cut short does it all again.
"""

from __future__ import annotations

import shutil

import sqlalchemy as sa

from seed.apps.login import seal_login
from seed.apps.records import App
from seed.git import Mirror, parted
from seed.work.world import World


def seal_logins(world: World) -> None:
    with world.database.read() as session:
        clear = [app for app in session.scalars(sa.select(App)) if parted(app.repository)[0] != app.repository]
    for app in clear:
        Mirror(world.folders.mirror(app.id), app.repository).forget_login()
    if not clear:
        return
    for left in world.folders.work.glob("tmp*/repository.git"):  # of an app that was read when the server was killed
        shutil.rmtree(left.parent, ignore_errors=True)
    with world.database.write() as session:
        for app in clear:
            seal_login(session.get_one(App, app.id), world.vault)
    world.database.compact()
