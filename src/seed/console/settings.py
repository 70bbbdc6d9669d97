"""An app's settings: services, stages, where pushes are told to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.apps.edit_app import MOST_SECONDS, set_poll_seconds
from seed.apps.edit_stage import rename_stage, set_auto_deploy, set_auto_promote, set_kind, set_order
from seed.apps.find import account_of, app_of, stage_of
from seed.apps.functions_only import set_functions_only
from seed.apps.new_stage import new_stage as add
from seed.apps.post_deploy import set_post_deploy
from seed.apps.records import Account
from seed.apps.set_account import set_account, stacks_there
from seed.apps.stages import set_always_review, set_package_when_asked
from seed.automatic.keep import keep
from seed.console import automatic
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import SeedError
from seed.people.actor import Actor
from seed.work import intake
from seed.work.hearing import pushes
from seed.work.limit_app import limit_app
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
Names = Annotated[list[str] | None, Form()]


@router.get("/apps/{slug}/settings")
def show(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    return _page(request, world, actor, slug)


@router.post("/apps/{slug}/settings/webhook")
def reveal(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    """The secret is shown when asked for, never with the page."""
    return _page(request, world, actor, slug, secret=pushes.webhook_secret(world, actor, slug))


@router.post("/apps/{slug}/settings/stages")
def new_stage(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    slug: str,
    name: Text = "",
    branch: Text = "",
    kind: Text = "development",
    account: Text = "",
) -> Response:
    try:
        with world.database.write() as session:
            app = app_of(session, actor, slug)
            at = account_of(session, actor, account)
            add(session, world.engine, actor, app, at, kind=kind, name=name.strip(), branch=branch.strip())
    except SeedError as error:
        return _page(request, world, actor, slug, error=error, given={"name": name, "branch": branch, "kind": kind})
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/account")
def change_account(world: TheWorld, actor: TheActor, slug: str, stage: str, account: Text = "") -> Response:
    with world.database.write() as session:
        set_account(session, actor, stage_of(session, actor, slug, stage), account_of(session, actor, account))
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/review")
def change_review(world: TheWorld, actor: TheActor, slug: str, stage: str, always: Text = "") -> Response:
    with world.database.write() as session:
        set_always_review(session, actor, stage_of(session, actor, slug, stage), always=bool(always))
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/package")
def change_package(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: Text = "") -> Response:
    with world.database.write() as session:
        set_package_when_asked(session, actor, stage_of(session, actor, slug, stage), on=bool(asked))
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/functions")
def change_functions(world: TheWorld, actor: TheActor, slug: str, stage: str, on: Text = "") -> Response:
    with world.database.write() as session:
        set_functions_only(session, actor, stage_of(session, actor, slug, stage), on=bool(on))
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/post-deploy")
def change_post_deploy(world: TheWorld, actor: TheActor, slug: str, stage: str, commands: Text = "") -> Response:
    with world.database.write() as session:
        set_post_deploy(session, actor, stage_of(session, actor, slug, stage), commands.splitlines())
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/rename")
def rename(world: TheWorld, actor: TheActor, slug: str, stage: str, name: Text = "") -> Response:
    with world.database.write() as session:
        rename_stage(session, actor, stage_of(session, actor, slug, stage), name.strip())
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/kind")
def change_kind(world: TheWorld, actor: TheActor, slug: str, stage: str, kind: Text = "") -> Response:
    with world.database.write() as session:
        set_kind(session, world.engine, actor, stage_of(session, actor, slug, stage), kind)
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/keep")
def keep_stage(world: TheWorld, actor: TheActor, slug: str, stage: str) -> Response:
    with world.database.write() as session:
        keep(session, actor, stage_of(session, actor, slug, stage))
    return RedirectResponse(f"/apps/{slug}/{stage}", HTTPStatus.SEE_OTHER)


@router.post("/apps/{slug}/settings/poll")
def change_poll(
    world: TheWorld, actor: TheActor, slug: str, seconds: Annotated[int, Form(ge=0, le=MOST_SECONDS)] = 0
) -> Response:
    with world.database.write() as session:
        set_poll_seconds(session, actor, app_of(session, actor, slug), seconds)
    return _back(slug)


@router.post("/apps/{slug}/settings/repository")
def change_repository(world: TheWorld, actor: TheActor, slug: str, address: Text = "") -> Response:
    intake.change_repository(world, actor, slug, address)
    return _back(slug)


@router.post("/apps/{slug}/settings/at-once")
def change_limit(world: TheWorld, actor: TheActor, slug: str, number: Annotated[int, Form()] = 0) -> Response:
    limit_app(world, actor, slug, number)
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/source")
def change_source(world: TheWorld, actor: TheActor, slug: str, stage: str, branch: Text = "") -> Response:
    build = intake.update_source(world, actor, slug, stage, branch.strip())
    return RedirectResponse(f"/apps/{slug}/{stage}/builds/{build.number}", HTTPStatus.SEE_OTHER)


@router.post("/apps/{slug}/settings/stages/{stage}/push")
def change_push(world: TheWorld, actor: TheActor, slug: str, stage: str, on: Text = "") -> Response:
    with world.database.write() as session:
        set_auto_deploy(session, actor, stage_of(session, actor, slug, stage), on=bool(on))
    return _back(slug)


@router.post("/apps/{slug}/settings/stages/{stage}/promote")
def change_promote(world: TheWorld, actor: TheActor, slug: str, stage: str, level: Text = "") -> Response:
    with world.database.write() as session:
        set_auto_promote(session, actor, stage_of(session, actor, slug, stage), level)
    return _back(slug)


@router.post("/apps/{slug}/settings/order")
def change_order(world: TheWorld, actor: TheActor, slug: str, stage: Names = None) -> Response:
    with world.database.write() as session:
        set_order(session, actor, app_of(session, actor, slug), stage or [])
    return _back(slug)


def _back(slug: str) -> Response:
    return RedirectResponse(f"/apps/{slug}/settings", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, slug: str, *,
    secret: str = "", error: SeedError | None = None, given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return render(
            request,
            "settings.html",
            status=error.status if error else 200,
            app=app,
            most_at_once=world.settings.stages_at_once_per_app,
            automatic=automatic.shown(session, app),
            accounts=session.scalars(sa.select(Account).order_by(Account.id)).all(),
            stacks=stacks_there(session, app),
            webhook=f"{world.settings.url}/api/v1/hooks/{slug}",
            secret=secret,
            error=error,
            given=given or {"name": "", "branch": "", "kind": ""},
        )
