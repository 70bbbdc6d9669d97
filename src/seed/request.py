"""What every request carries, a program's as a person's: the world that it works with, and where it comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from seed.people.address import address_of
from seed.work.world import World


def the_world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def the_address(request: Request) -> str:
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    return address_of(peer, forwarded, the_world(request).settings.trusted_proxies)


TheWorld = Annotated[World, Depends(the_world)]
TheAddress = Annotated[str, Depends(the_address)]
