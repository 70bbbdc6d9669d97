"""Remove a stage, a service or an app: what would go, the name typed out, and how it went."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from seed.apps.find import app_of
from seed.console.deps import TheActor, TheWorld
from seed.console.logs import end_of
from seed.console.templates import naming, render
from seed.errors import SeedError
from seed.people.actor import Actor
from seed.removals.ask import removal_of
from seed.work.removing import removals
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/apps/{slug}/settings/removal")
def show(request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str = "", service: str = "") -> Response:
    return _page(request, world, actor, slug, stage, service)


@router.post("/apps/{slug}/settings/removal")
def ask(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    slug: str,
    stage: Text = "",
    service: Text = "",
    name: Text = "",
    empty: Text = "",
    keep: Text = "",
    skip_hooks: Text = "",
) -> Response:
    try:
        made = removals.ask(
            world, actor, slug, stage=stage, service=service, typed=name.strip(), empty_buckets=bool(empty),
            keep=bool(keep), skip_hooks=bool(skip_hooks),
        )  # fmt: skip
    except SeedError as error:
        return _page(request, world, actor, slug, stage, service, error)
    return RedirectResponse(f"/removals/{made.id}", HTTPStatus.SEE_OTHER)


@router.get("/removals/{removal_id}")
def follow(request: Request, world: TheWorld, actor: TheActor, removal_id: int) -> Response:
    with world.database.read() as session:
        removal = removal_of(session, actor, removal_id)
        logs = {one.id: end_of(world.folders.removal_log(one.id), f"stack-{one.id}") for one in removal.stacks}
        return render(request, "removal.html", removal=removal, logs=logs)


def _page(
    request: Request, world: World, actor: Actor, slug: str, stage: str, service: str, error: SeedError | None = None
) -> Response:
    found = removals.preview(world, actor, slug, stage, service)
    with world.database.read() as session:
        return render(
            request,
            "remove.html",
            status=error.status if error else 200,
            app=app_of(session, actor, slug),
            stage=stage,
            service=service,
            going=[(one, _named(one)) for one in found if not one.left_to],
            left=[one for one in found if one.left_to],
            error=error,
        )


def _named(one: removals.StackToGo) -> Callable[[str], Markup]:
    named: Callable[[str], Markup] = naming({row.logical_id for _, row in one.resources})
    return named
