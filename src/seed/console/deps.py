"""Who asks and what they work with, for pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from seed.errors import NotFound
from seed.people.actor import Actor
from seed.people.sign_in import NotSignedIn, who
from seed.request import TheAddress, TheWorld, the_world
from seed.work.world import World

__all__ = ["TheActor", "TheAddress", "TheWorld", "cookie_name", "known_id"]

LARGEST_ID = 2**53


def cookie_name(world: World) -> str:
    """`__Host-` binds a cookie to this very host, where the browser allows it: over https."""
    return "__Host-seed_session" if world.settings.url.startswith("https://") else "seed_session"


def the_actor(request: Request) -> Actor:
    """The person behind the cookie; kept with the request for the page's frame."""
    world = the_world(request)
    key = request.cookies.get(cookie_name(world), "")
    if not key:
        raise NotSignedIn("Please sign in.")
    with world.database.read() as session:
        actor = who(session, key)
    request.state.actor = actor
    return actor


def known_id(number: int) -> int:
    """A number that a row can have; a longer one is not found rather than a database error."""
    if number > LARGEST_ID:
        raise NotFound("There is no such thing.")
    return number


TheActor = Annotated[Actor, Depends(the_actor)]
