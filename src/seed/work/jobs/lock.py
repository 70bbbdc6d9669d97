"""The stage's lock: a row that says which build may change its stacks, whatever the queue thinks.

The same build may take it again: its job goes on after a crash. Nobody loses it but by ending (ADR 12).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import StageLock
from seed.builds.records import Build
from seed.errors import Conflict


class StageLocked(Conflict):
    """Another build holds the stage."""

    code = "stage-locked"


def take(session: Session, build: Build) -> None:
    lock = session.get(StageLock, build.stage_id)
    if lock is None:
        session.add(StageLock(stage_id=build.stage_id, build_id=build.id))
        session.flush()
    elif lock.build_id != build.id:
        holder = session.get_one(Build, lock.build_id)
        raise StageLocked(
            f"Build {holder.number} has worked on {build.stage.name} since {lock.taken_at:%d %b %Y, %H:%M:%S} UTC.",
            hint="Nothing was changed. Wait until it has ended, or cancel it; then ask again.",
        )


def release(session: Session, build: Build) -> None:
    session.execute(sa.delete(StageLock).where(StageLock.stage_id == build.stage_id, StageLock.build_id == build.id))
