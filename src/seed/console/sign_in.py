"""Sign in by password or by a link that works once; make the first administrator; sign out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.console.deps import TheAddress, TheWorld, cookie_name
from seed.console.templates import render
from seed.errors import SeedError
from seed.people import sign_in as verbs
from seed.people.enter import enter
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
SECONDS_A_DAY = 86_400


@router.get("/sign-in")
def sign_in_page(request: Request, world: TheWorld, to: str = "/") -> Response:
    with world.database.read() as session:
        nobody = verbs.nobody_yet(session)
    return render(request, "sign_in.html", to=own(to), email="", error=None, nobody=nobody)


@router.post("/sign-in")
def sign_in(
    request: Request, world: TheWorld, address: TheAddress, email: Text = "", password: Text = "", to: Text = "/"
) -> Response:
    try:
        person = enter(world.database, world.attempts, email, password, address)
        with world.database.write() as session:
            key = verbs.begin(session, person, days=world.settings.session_days)
    except SeedError as error:
        page = render(request, "sign_in.html", status=error.status, to=own(to), email=email, error=error, nobody=False)
        if error.retry_after:
            page.headers["Retry-After"] = str(error.retry_after)
        return page
    return _signed_in(world, key, own(to))


@router.get("/welcome")
def welcome_page(request: Request, world: TheWorld, key: str = "") -> Response:
    with world.database.read() as session:
        verbs.open_link(session, key, "first-administrator")
    return render(request, "welcome.html", key=key, name="", email="", error=None)


@router.post("/welcome")
def welcome(
    request: Request, world: TheWorld, key: Text = "", name: Text = "", email: Text = "", password: Text = ""
) -> Response:
    try:
        with world.database.write() as session:
            verbs.first_administrator(session, key, email, name, password)
            cookie = verbs.sign_in(session, email, password, days=world.settings.session_days)
    except SeedError as error:
        return render(request, "welcome.html", status=error.status, key=key, name=name, email=email, error=error)
    return _signed_in(world, cookie, "/")


@router.get("/link")
def link_page(request: Request, world: TheWorld, key: str = "", to: str = "/") -> Response:
    """Looking changes nothing: previews of a chat would use the link up. The button does."""
    with world.database.read() as session:
        verbs.open_link(session, key, "sign-in")
    return render(request, "link.html", key=key, to=own(to))


@router.post("/link")
def link(world: TheWorld, key: Text = "", to: Text = "/") -> Response:
    with world.database.write() as session:
        cookie = verbs.sign_in_by_link(session, key, days=world.settings.session_days)
    return _signed_in(world, cookie, own(to))


@router.post("/sign-out")
def sign_out(request: Request, world: TheWorld) -> Response:
    name = cookie_name(world)
    if key := request.cookies.get(name):
        with world.database.write() as session:
            verbs.sign_out(session, key)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
    return answer


def own(to: str) -> str:
    """A page of ours to go to next; anything else is the first page."""
    good = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if good else "/"


def _signed_in(world: World, key: str, to: str) -> Response:
    name = cookie_name(world)
    answer = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        name,
        key,
        max_age=int(world.settings.session_days * SECONDS_A_DAY),
        path="/",
        secure=name.startswith("__Host-"),
        httponly=True,
        samesite="lax",
    )
    return answer
