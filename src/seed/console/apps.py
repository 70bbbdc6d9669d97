"""The apps, their pipeline, stages, settings, activity; and the accounts."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from seed.apps.find import app_of, apps_of, stage_of
from seed.apps.records import Account
from seed.audit.find import activity_of
from seed.builds.find import builds_of, working_build
from seed.builds.pipeline import pipeline
from seed.console.render import page, part
from seed.console.session import TheActor, TheWorld
from seed.errors import SeedError
from seed.promotions.promote import promotion_chain
from seed.work import intake

router = APIRouter()
Text = Annotated[str, Form(max_length=1000)]


@router.get("/")
def apps_page(request: Request, world: TheWorld, actor: TheActor) -> Response:
    with world.database.read() as session:
        return page(request, "apps.html", apps=apps_of(session, actor))


@router.get("/new")
def new_app_page(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _new_app(request, world, actor)


@router.post("/new")
def new_app(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    repository: Text,
    name: Text = "",
    branch: Text = "",
    account: Text = "",
    production_account: Text = "",
) -> Response:
    try:
        app = intake.add_app(
            world, actor, repository, name=name, branch=branch, account=account, production_account=production_account
        )
    except SeedError as error:
        return _new_app(request, world, actor, error=error, repository=repository, name=name, branch=branch)
    return RedirectResponse(f"/apps/{part(app.slug)}", 303)


@router.get("/apps/{slug}")
def pipeline_page(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return page(
            request,
            "pipeline.html",
            app=app,
            pipeline=pipeline(session, app),
            open_promotions=promotion_chain(session, app.id),
        )


@router.post("/apps/{slug}/stages/{stage}/deploy")
def deploy(world: TheWorld, actor: TheActor, slug: str, stage: str, commit: Text = "", service: Text = "") -> Response:
    build = intake.deploy(world, actor, slug, stage, commit=commit.strip(), services=[service] if service else None)
    return RedirectResponse(f"/apps/{part(slug)}/{part(stage)}/builds/{build.number}", 303)


@router.post("/apps/{slug}/stages/{stage}/promote")
def promote(world: TheWorld, actor: TheActor, slug: str, stage: str, to: Text = "", service: Text = "") -> Response:
    promotion = intake.promote(world, actor, slug, stage, to=to, services=[service] if service else None)
    return RedirectResponse(f"/promotions/{promotion.id}", 303)


@router.post("/apps/{slug}/stages/{stage}/rollback")
def roll_back(world: TheWorld, actor: TheActor, slug: str, stage: str, number: Annotated[int, Form()]) -> Response:
    promotion = intake.roll_back(world, actor, slug, stage, number)
    return RedirectResponse(f"/promotions/{promotion.id}", 303)


@router.get("/apps/{slug}/activity")
def activity_page(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return page(request, "activity.html", app=app, events=activity_of(session, app.id, 200))


@router.get("/apps/{slug}/settings")
def settings_page(request: Request, world: TheWorld, actor: TheActor, slug: str, reveal: bool = False) -> Response:
    secret = intake.webhook_secret(world, actor, slug) if reveal else ""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        url = f"{world.settings.url}/api/v1/hooks/{app.slug}"
        return page(request, "settings.html", app=app, webhook_url=url, secret=secret)


@router.get("/apps/{slug}/{stage}")
def stage_page(request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str) -> Response:
    with world.database.read() as session:
        found = stage_of(session, actor, slug, stage)
        return page(
            request,
            "stage.html",
            app=found.app,
            stage=found,
            builds=builds_of(session, actor, slug, stage, 100),
            working=working_build(session, found.id),
        )


@router.get("/accounts")
def accounts_page(request: Request, world: TheWorld, actor: TheActor) -> Response:
    actor.must("read")
    with world.database.read() as session:
        rows = session.scalars(sa.select(Account).order_by(Account.id)).all()
        return page(request, "accounts.html", accounts=rows)


@router.post("/accounts/{name}/check")
def check_account(world: TheWorld, actor: TheActor, name: str) -> Response:
    intake.check_account(world, actor, name)
    return RedirectResponse("/accounts", 303)


def _new_app(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    *,
    error: SeedError | None = None,
    repository: str = "",
    name: str = "",
    branch: str = "",
) -> Response:
    actor.must("admin")
    with world.database.read() as session:
        accounts = session.scalars(sa.select(Account).order_by(Account.id)).all()
    return page(
        request,
        "new_app.html",
        error.status if error else 200,
        accounts=accounts,
        error=error,
        repository=repository,
        name=name,
        branch=branch,
    )
