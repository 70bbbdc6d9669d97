"""An app's variables and secrets: set, removed, taken from a .env file. A secret is never on a page again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from seed.apps.find import app_of, services_of, stage_of
from seed.apps.records import App, Service, Stage
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor
from seed.variables.change import remove_variable, set_variable
from seed.variables.effective import effective
from seed.variables.env_file import read_env, write_env
from seed.variables.find import variables_of
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
PAGE = "/apps/{slug}/variables"
EMPTY = {"name": "", "kind": "plain", "stage": "", "service": ""}


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    return _page(request, world, actor, slug)


@router.post(PAGE)
def put(
    request: Request, world: TheWorld, actor: TheActor, slug: str, name: Text = "", value: Text = "",
    kind: Text = "", stage: Text = "", service: Text = "",
) -> Response:  # fmt: skip
    given = {"name": name, "kind": kind, "stage": stage, "service": service}
    return _change(request, world, actor, slug, {name.strip(): value.replace("\r\n", "\n")}, given)


@router.post(f"{PAGE}/import")
def take(
    request: Request, world: TheWorld, actor: TheActor, slug: str, text: Text = "", kind: Text = "",
    stage: Text = "", service: Text = "",
) -> Response:  # fmt: skip
    given = {"name": "", "kind": kind, "stage": stage, "service": service}
    try:
        values = read_env(text)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error, given=given)
    return _change(request, world, actor, slug, values, given)


@router.get(f"{PAGE}/export")
def give(world: TheWorld, actor: TheActor, slug: str, stage: str = "", service: str = "") -> Response:
    """What counts in a stage, as a file. Secrets are named, without their values."""
    actor.must("deploy")
    with world.database.read() as session:
        _app, in_stage, of = _place(session, actor, slug, stage, service)
        if in_stage is None:
            raise Invalid("No stage is named.", hint="What counts is another in each stage.", where="stage")
        text = write_env(effective(session, world.vault, in_stage, of))
    return PlainTextResponse(text, headers={"Content-Disposition": 'attachment; filename="variables.env"'})


@router.post(f"{PAGE}/remove")
def remove(
    world: TheWorld, actor: TheActor, slug: str, name: Text = "", stage: Text = "", service: Text = ""
) -> Response:
    with world.database.write() as session:
        app, in_stage, of = _place(session, actor, slug, stage, service)
        remove_variable(session, actor, app, name, stage=in_stage, service=of)
    return _back(slug)


def _change(
    request: Request, world: World, actor: Actor, slug: str, values: dict[str, str], given: dict[str, str]
) -> Response:
    try:
        with world.database.write() as session:
            app, stage, of = _place(session, actor, slug, given["stage"], given["service"])
            for name, value in values.items():
                set_variable(session, world.vault, actor, app, name, value, kind=given["kind"], stage=stage, service=of)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error, given=given)
    return _back(slug)


def _place(
    session: Session, actor: Actor, slug: str, stage: str, service: str
) -> tuple[App, Stage | None, Service | None]:
    app = app_of(session, actor, slug)
    in_stage = stage_of(session, actor, slug, stage) if stage else None
    return app, in_stage, services_of(session, app.id, [service])[0] if service else None


def _back(slug: str) -> Response:
    return RedirectResponse(f"/apps/{slug}/variables", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, slug: str, *,
    error: SeedError | None = None, given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """What was typed stays, but for values."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return render(
            request,
            "variables.html",
            status=error.status if error else 200,
            app=app,
            variables=variables_of(session, world.vault, actor, app),
            error=error,
            given=given or EMPTY,
        )
