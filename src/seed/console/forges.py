"""How an app and its forge speak with each other: connect, look at what was told in both directions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.apps.find import app_of
from seed.connections.backlog import backlog_of
from seed.connections.checks import set_wait_for_checks
from seed.connections.connect import Asked, connect_forge, disconnect_forge
from seed.connections.records import ForgeConnection, ForgeMessage, HeardEvent
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.forges.webhooks import FORGES
from seed.people.actor import Actor
from seed.work.telling.forge_messages import check_connection
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
PAGE = "/apps/{slug}/settings/forge"
LATEST = 20


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    return _page(request, world, actor, slug)


@router.post(PAGE)
def connect(
    request: Request, world: TheWorld, actor: TheActor, slug: str, forge: Text = "", repository: Text = "",
    api_url: Text = "", github_app: Text = "", secret: Text = "", statuses: Text = "", deployments: Text = "",
    comments: Text = "",
) -> Response:  # fmt: skip
    given = {"forge": forge, "repository": repository, "api_url": api_url, "github_app": github_app}
    try:
        known = next((name for name in FORGES if name == forge), None)
        if known is None:
            raise Invalid(f"{forge[:40]!r} is no forge that Seed speaks with.", where="forge")
        asked = Asked(known, repository, api_url, github_app.strip(), secret,
                      bool(statuses), bool(deployments), bool(comments))  # fmt: skip
        with world.database.write() as session:
            connect_forge(session, actor, app_of(session, actor, slug), asked, world.vault, world.settings.private)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error, given=given)
    check_connection(world, actor, slug)
    return _back(slug)


@router.post(f"{PAGE}/check")
def check(world: TheWorld, actor: TheActor, slug: str) -> Response:
    check_connection(world, actor, slug)
    return _back(slug)


@router.post(f"{PAGE}/disconnect")
def disconnect(world: TheWorld, actor: TheActor, slug: str) -> Response:
    with world.database.write() as session:
        disconnect_forge(session, actor, app_of(session, actor, slug))
    return _back(slug)


@router.post(f"{PAGE}/checks")
def change_checks(world: TheWorld, actor: TheActor, slug: str, wait: Text = "", names: Text = "") -> Response:
    with world.database.write() as session:
        set_wait_for_checks(session, actor, app_of(session, actor, slug), wait=bool(wait), names=names)
    return _back(slug)


def _back(slug: str) -> Response:
    return RedirectResponse(f"/apps/{slug}/settings/forge", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, slug: str, *,
    error: SeedError | None = None, given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        connection = session.scalar(sa.select(ForgeConnection).where(ForgeConnection.app_id == app.id))
        heard = sa.select(HeardEvent).where(HeardEvent.app_id == app.id).order_by(HeardEvent.id.desc())
        told = sa.select(ForgeMessage).where(ForgeMessage.app_id == app.id).order_by(ForgeMessage.changed_at.desc())
        names = ("forge", "repository", "api_url", "github_app")
        return render(
            request,
            "forge.html",
            status=error.status if error else 200,
            app=app,
            connection=connection,
            backlog=backlog_of(session, connection) if connection else None,
            heard=session.scalars(heard.limit(LATEST)).all(),
            told=session.scalars(told.limit(LATEST)).all(),
            hook=f"{world.settings.url}/api/v1/hooks/{slug}",
            error=error,
            given=given or {name: getattr(connection, name, "") for name in names},
        )
