"""The stage's lock: a row that says which build may change its stacks, whatever the queue thinks.

Taking it again for the same build raises the fence, so that an earlier run of the same job, thawed after a
crash, can be told apart.
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


def take(session: Session, build: Build) -> int:
    """The fence."""
    lock = session.get(StageLock, build.stage_id)
    if lock is None:
        session.add(StageLock(stage_id=build.stage_id, build_id=build.id, fence=1))
        session.flush()
        return 1
    if lock.build_id != build.id:
        raise StageLocked("Another build works on this stage.", hint="It is tried again when that one has ended.")
    lock.fence += 1
    return lock.fence


def release(session: Session, build: Build) -> None:
    session.execute(sa.delete(StageLock).where(StageLock.stage_id == build.stage_id, StageLock.build_id == build.id))
