"""Who asks and what they work with: taken from the request, never from its path."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from seed.people.actor import Actor
from seed.people.sign_in import NotSignedIn, who, who_by_token
from seed.request import TheAddress, TheWorld, the_world

__all__ = ["TheActor", "TheAddress", "TheToken", "TheWorld"]

COOKIES = ("__Host-seed_session", "seed_session")


def the_token(request: Request) -> str:
    """The bearer token; "" where the request carries none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def the_actor(request: Request) -> Actor:
    """By bearer token, or by the console's cookie (whose writes the protection checks for their origin)."""
    world = the_world(request)
    token = the_token(request)
    with world.database.read() as session:
        if token:
            return who_by_token(session, token)
        for name in COOKIES:
            if name in request.cookies:
                return who(session, request.cookies[name])
    raise NotSignedIn("Please sign in.", hint="seed login, or send Authorization: Bearer <token>.")


TheActor = Annotated[Actor, Depends(the_actor)]
TheToken = Annotated[str, Depends(the_token)]
