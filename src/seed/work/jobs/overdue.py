"""The time limit of a build as a whole. One that is over it is stopped as a person would cancel it: its commands end at
once, what has not begun does not begin, and what CloudFormation does goes on.

It counts from when the build begins to work; taken up again by another start of the server, from then.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from seed.audit.record import record
from seed.builds.records import Build
from seed.db.base import now, ring
from seed.work.world import World

SAID = "It took longer than a build may as a whole, and was stopped."


def shorten(world: World, build_id: int, seconds: float | None) -> None:
    """What its `seed.yml` says counts below the server's own limit."""
    if seconds is None:
        return
    with world.database.write() as session:
        build = session.get_one(Build, build_id)
        own = now() + timedelta(seconds=seconds)
        build.ends_by = min(build.ends_by or own, own)


def stop_what_is_overdue(world: World) -> None:
    late = sa.select(Build).where(Build.state == "running", Build.ends_by < now(), Build.cancel_requested.is_(False))
    with world.database.read() as session:
        if session.scalar(late.limit(1)) is None:
            return
    with world.database.write() as session:
        for build in session.scalars(late):
            build.cancel_requested = build.overdue = True
            build.reason = SAID
            record(session, "seed", "build.overdue", f"{build.stage.name} {build.number}", app_id=build.app_id)
            ring(session, f"build:{build.id}", f"app:{build.app_id}")
