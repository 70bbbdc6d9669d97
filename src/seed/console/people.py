"""Sign in and out, the first administrator, and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from seed.console.render import page
from seed.console.session import TheActor, TheWorld, cookie_name, inside, remember
from seed.errors import SeedError
from seed.people.sign_in import SignInFailed, first_administrator, sign_in, sign_in_by_link, sign_out
from seed.people.tokens import make_token, revoke_token, tokens_of

router = APIRouter()
Text = Annotated[str, Form(max_length=1000)]


@router.get("/sign-in")
def sign_in_page(request: Request, to: str = "/") -> Response:
    return page(request, "sign_in.html", to=inside(to), email="", error=None)


@router.post("/sign-in")
def sign_in_now(request: Request, world: TheWorld, email: Text, password: Text, to: Text = "/") -> Response:
    try:
        with world.database.write() as session:
            key = sign_in(session, email, password, days=world.settings.session_days)
    except SignInFailed as error:
        return page(request, "sign_in.html", error.status, to=inside(to), email=email, error=error)
    answer = RedirectResponse(inside(to), 303)
    remember(world, answer, key)
    return answer


@router.get("/link")
def link_page(request: Request, key: str, to: str = "/") -> Response:
    """Opening it does nothing yet: previews of links must not use them up."""
    return page(request, "link.html", key=key, to=inside(to), error=None)


@router.post("/link")
def use_link(request: Request, world: TheWorld, key: Text, to: Text = "/") -> Response:
    try:
        with world.database.write() as session:
            session_key = sign_in_by_link(session, key, days=world.settings.session_days)
    except SignInFailed as error:
        return page(request, "link.html", error.status, key="", to="/", error=error)
    answer = RedirectResponse(inside(to), 303)
    remember(world, answer, session_key)
    return answer


@router.get("/welcome")
def welcome_page(request: Request, key: str) -> Response:
    return page(request, "welcome.html", key=key, name="", email="", error=None)


@router.post("/welcome")
def welcome(request: Request, world: TheWorld, key: Text, name: Text, email: Text, password: Text) -> Response:
    """Make the first administrator, and sign them in."""
    try:
        with world.database.write() as session:
            first_administrator(session, key, email, name, password)
            session_key = sign_in(session, email, password, days=world.settings.session_days)
    except SeedError as error:
        return page(request, "welcome.html", error.status, key=key, name=name, email=email, error=error)
    answer = RedirectResponse("/", 303)
    remember(world, answer, session_key)
    return answer


@router.post("/sign-out")
def sign_out_now(request: Request, world: TheWorld) -> Response:
    name = cookie_name(world)
    with world.database.write() as session:
        sign_out(session, request.cookies.get(name, ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(name, path="/")
    return answer


@router.get("/tokens")
def tokens_page(request: Request, world: TheWorld, actor: TheActor) -> Response:
    with world.database.read() as session:
        return page(request, "tokens.html", tokens=tokens_of(session, actor), made="", error=None)


@router.post("/tokens")
def add_token(request: Request, world: TheWorld, actor: TheActor, name: Text, scope: Text = "deploy") -> Response:
    error, made = None, ""
    try:
        with world.database.write() as session:
            _, made = make_token(session, actor, name=name, scope=scope, days=90)  # type: ignore[arg-type]  # checked there
    except SeedError as refused:
        error = refused
    with world.database.read() as session:
        return page(request, "tokens.html", tokens=tokens_of(session, actor), made=made, error=error)


@router.post("/tokens/{token_id}/revoke")
def remove_token(world: TheWorld, actor: TheActor, token_id: int) -> Response:
    with world.database.write() as session:
        revoke_token(session, actor, token_id)
    return RedirectResponse("/tokens", 303)
