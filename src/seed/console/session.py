"""Who is signed in: a random key in a cookie, its hash in a row."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from seed.people.actor import Actor
from seed.people.sign_in import NotSignedIn, who
from seed.work.world import World

DAY = 86_400


def the_world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def cookie_name(world: World) -> str:
    return "__Host-seed_session" if secure(world) else "seed_session"


def secure(world: World) -> bool:
    return world.settings.url.startswith("https://")


def the_actor(request: Request) -> Actor:
    world = the_world(request)
    key = request.cookies.get(cookie_name(world), "")
    if not key:
        raise NotSignedIn("Please sign in.")
    with world.database.read() as session:
        actor = who(session, key)
    request.state.actor = actor
    return actor


def remember(world: World, response: Response, key: str) -> None:
    response.set_cookie(
        cookie_name(world),
        key,
        max_age=int(world.settings.session_days * DAY),
        path="/",
        secure=secure(world),
        httponly=True,
        samesite="lax",
    )


def inside(to: str) -> str:
    """Where to go after signing in: a page of ours, whatever was asked for."""
    good = to.startswith("/") and not to.startswith(("//", "/\\")) and "\n" not in to and "\r" not in to
    return to if good else "/"


TheWorld = Annotated[World, Depends(the_world)]
TheActor = Annotated[Actor, Depends(the_actor)]
