"""Forget a stage once it is taken away, but not what was promoted from it: who confirmed what is kept for as long as
the stage that it went to, and so are the packages that a rollback there needs.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.connections.farewell import say_goodbye
from seed.connections.records import BuildPreview
from seed.db.base import now
from seed.notify.records import Notification, StageBadge
from seed.promotions.records import Promotion
from seed.variables.records import Variable

ITS_OWN = (Variable, Notification, StageBadge, BuildPreview)
"""What a stage that is kept as a memory gives up."""


def forget(session: Session, stage: Stage) -> None:
    """The rows of a stage of this session. Its forge is told."""
    say_goodbye(session, stage)
    went_on = (
        sa.select(Promotion.id)
        .join(Build, Build.id == Promotion.source_build_id)
        .where(Build.stage_id == stage.id, Promotion.target_stage_id != stage.id)
    )
    if session.scalar(went_on.limit(1)) is None:
        session.delete(stage)
        return
    for kind in ITS_OWN:
        session.execute(sa.delete(kind).where(kind.stage_id == stage.id))
    stage.removed_at = now()
    stage.branch, stage.auto_deploy, stage.removing = "", False, False
