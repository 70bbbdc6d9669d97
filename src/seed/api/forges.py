"""An app's connection with its forge: made, checked, looked at. Its token or key is never answered."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter
from sqlalchemy.orm import Session

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.connections.backlog import backlog_of
from seed.connections.connect import Asked, connect_forge, connection_of, disconnect_forge
from seed.connections.records import ForgeConnection, ForgeMessage
from seed.work.telling.forge_messages import check_connection

router = APIRouter(tags=["forges"])


@router.get("/apps/{slug}/forge")
def show_forge(world: TheWorld, actor: TheActor, slug: str) -> shapes.Forge:
    with world.database.read() as session:
        return _shown(session, connection_of(session, actor, app_of(session, actor, slug)))


@router.put("/apps/{slug}/forge")
def connect(world: TheWorld, actor: TheActor, slug: str, asked: shapes.NewForge) -> shapes.Forge:
    """Connect, or change what is told. An empty secret keeps the one that is there."""
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        row = connect_forge(session, actor, app, Asked(**asked.model_dump()), world.vault, world.settings.private)
        return _shown(session, row)


@router.delete("/apps/{slug}/forge", status_code=204)
def disconnect(world: TheWorld, actor: TheActor, slug: str) -> None:
    """The secret is deleted; what waits in the outbox is not told any more."""
    with world.database.write() as session:
        disconnect_forge(session, actor, app_of(session, actor, slug))


@router.post("/apps/{slug}/forge/check")
def check(world: TheWorld, actor: TheActor, slug: str) -> shapes.ForgeCheck:
    """Ask the forge for the repository."""
    name, problem = check_connection(world, actor, slug)
    return shapes.ForgeCheck(repository=name, problem=problem)


@router.get("/apps/{slug}/forge/messages")
def list_messages(world: TheWorld, actor: TheActor, slug: str, limit: int = 50) -> list[shapes.ForgeMessage]:
    """The outbox: what was told or waits, newest first."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        query = sa.select(ForgeMessage).where(ForgeMessage.app_id == app.id)
        rows = session.scalars(query.order_by(ForgeMessage.changed_at.desc()).limit(max(1, min(limit, 500))))
        return [shapes.ForgeMessage.model_validate(row, from_attributes=True) for row in rows]


def _shown(session: Session, row: ForgeConnection) -> shapes.Forge:
    plain = {name: getattr(row, name) for name in shapes.Forge.model_fields if name != "backlog"}
    return shapes.Forge(**plain, backlog=shapes.ForgeBacklog.model_validate(backlog_of(session, row)))
