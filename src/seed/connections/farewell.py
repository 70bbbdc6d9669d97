"""What a forge is told last of a stage that goes: in the outbox, which outlives the stage."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.connections.records import ForgeMessage
from seed.connections.tell import Told, put
from seed.forges.messages import Comment, Deployment, from_json
from seed.forges.render import removed_comment


def say_goodbye(session: Session, stage: Stage) -> None:
    """Its deployments are not active any more, and the comment that speaks of it says that it was removed."""
    its_own = ForgeMessage.build_id.in_(sa.select(Build.id).where(Build.stage_id == stage.id))
    told = sa.select(ForgeMessage).where(
        ForgeMessage.app_id == stage.app_id, its_own, ForgeMessage.kind.in_(("deployment", "comment"))
    )
    for row in session.scalars(told).all():
        message = from_json(row.kind, row.body)
        if isinstance(message, Deployment):
            last = replace(message, state="cancelled", description=f"{stage.name} was removed")
            put(session, stage.app_id, Told(row.target, row.build_id, final=True, message=last))
        elif isinstance(message, Comment):
            said = removed_comment(message.number, message.mark, stage.name)
            put(session, stage.app_id, Told(row.target, row.build_id, final=True, message=said))
