"""Where forges tell what happened: signed by them, not signed in. Stored here, worked afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.connections.checks import set_wait_for_checks
from seed.connections.records import HeardEvent
from seed.errors import Invalid
from seed.forges.webhooks import Forge
from seed.work.hearing.forge_hooks import hear_webhook
from seed.work.hearing.held_back import held_back

router = APIRouter(tags=["hooks"])


@router.post("/hooks/{slug}/{forge}", status_code=202)
async def hear_forge(request: Request, world: TheWorld, slug: str, forge: Forge) -> shapes.HeardWebhook:
    """A webhook of GitHub, GitLab or Bitbucket, signed in that forge's way with the app's webhook secret."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise Invalid("The body did not arrive whole, or is larger than 1 MB.") from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    webhook, kept = await run_in_threadpool(hear_webhook, world, slug, forge, headers, body)
    return shapes.HeardWebhook(name=webhook.name, events=kept or [], repeated=kept is None)


@router.get("/apps/{slug}/checks")
def show_checks(world: TheWorld, actor: TheActor, slug: str) -> shapes.ChecksNow:
    """Whether pushes wait for another CI, and which commits are held back now."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    held = [
        shapes.HeldBack(
            stage=one.stage,
            commit=one.commit.sha,
            subject=one.commit.subject,
            failed=one.failed,
            checks=one.checks,
            why=one.why,
        )
        for one in held_back(world, app)
    ]
    return shapes.ChecksNow(wait=app.wait_for_checks, names=app.required_checks, held_back=held)


@router.put("/apps/{slug}/checks")
def change_checks(world: TheWorld, actor: TheActor, slug: str, asked: shapes.Checks) -> shapes.Checks:
    """Whether pushes wait for another CI, and for which of its checks."""
    with world.database.write() as session:
        app = app_of(session, actor, slug)
        set_wait_for_checks(session, actor, app, wait=asked.wait, names=asked.names)
        return shapes.Checks(wait=app.wait_for_checks, names=app.required_checks)


@router.get("/apps/{slug}/deliveries")
def list_deliveries(world: TheWorld, actor: TheActor, slug: str, limit: int = 50) -> list[shapes.ForgeEvent]:
    """What the forge told, newest first, and what came of it."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        query = sa.select(HeardEvent).where(HeardEvent.app_id == app.id).order_by(HeardEvent.id.desc())
        rows = session.scalars(query.limit(max(1, min(limit, 500))))
        return [shapes.ForgeEvent.model_validate(row, from_attributes=True) for row in rows]
