"""Remember who waits for room among the stages that come by themselves, and tell the commit's forge."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import BRANCH, PULL_REQUEST, App
from seed.apps.stage_names import propose_stage_name
from seed.audit.record import record
from seed.automatic.find import made_for, settings_of
from seed.automatic.records import WaitingStage
from seed.connections.records import ForgeConnection
from seed.connections.tell import Told, put
from seed.db.base import ring
from seed.forges.messages import Status
from seed.forges.render import CONTEXT, PULL_REQUEST_CONTEXT
from seed.people.actor import SEED


def wait_for_room(session: Session, app: App, origin: str, name: str, commit: str, said: str, link: str) -> None:
    """The commit's status waits too, under the name that the stage's builds will have there."""
    if session.get(WaitingStage, (app.id, origin, name)) is None:
        session.add(WaitingStage(app_id=app.id, origin=origin, name=name))
        record(session, SEED.name, "stage.waits", name, app_id=app.id, reason=said)
        ring(session, f"app:{app.id}")
    tells = sa.select(ForgeConnection.id).where(ForgeConnection.app_id == app.id, ForgeConnection.statuses)
    if session.scalar(tells) is not None:
        context = PULL_REQUEST_CONTEXT if origin == PULL_REQUEST else CONTEXT.format(propose_stage_name(name))
        status = Status(commit, context, "queued", said, link)
        put(session, app.id, Told(f"status {commit} {context}", 0, final=True, message=status))


def waiting(session: Session, app_id: int, origin: str) -> Sequence[str]:
    """Longest first: branches, or numbers of pull requests."""
    of = sa.select(WaitingStage.name).where(WaitingStage.app_id == app_id, WaitingStage.origin == origin)
    return session.scalars(of.order_by(WaitingStage.at)).all()


def is_done(session: Session, app: App, row: WaitingStage) -> bool:
    """Whether it waits no more: it has its stage, or it is not for want of room that it has none."""
    there = made_for(session, app, row.origin)
    has = any(row.name == (one.branch if row.origin == BRANCH else str(one.pull_request)) for one in there)
    return has or len(there) < settings_of(session, app.id, row.origin).most
