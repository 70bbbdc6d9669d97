"""The API tokens of the person who looks: made, shown once, revoked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor, as_scope
from seed.people.tokens import make_token, revoke_token, tokens_of
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/tokens")
def show(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _page(request, world, actor)


@router.post("/tokens")
def make(
    request: Request, world: TheWorld, actor: TheActor, name: Text = "", scope: Text = "read", days: Text = ""
) -> Response:
    """The key is in this one answer and nowhere else, so there is no redirect."""
    try:
        with world.database.write() as session:
            _, key = make_token(session, actor, name=name, scope=as_scope(scope), days=_days(days))
    except SeedError as error:
        return _page(request, world, actor, error=error)
    return _page(request, world, actor, made=key)


@router.post("/tokens/{token_id:int}/revoke")
def revoke(world: TheWorld, actor: TheActor, token_id: int) -> Response:
    with world.database.write() as session:
        revoke_token(session, actor, known_id(token_id))
    return RedirectResponse("/tokens", HTTPStatus.SEE_OTHER)


def _days(text: str) -> float | None:
    text = text.strip()
    if text and not text.isdigit():
        raise Invalid("Days must be a whole number.", where="days")
    return min(float(text), 3650.0) if text else None


def _page(request: Request, world: World, actor: Actor, *, made: str = "", error: SeedError | None = None) -> Response:
    with world.database.read() as session:
        return render(
            request,
            "tokens.html",
            status=error.status if error else 200,
            tokens=tokens_of(session, actor),
            url=world.settings.url,
            made=made,
            error=error,
        )
