"""What belongs to the whole server: the caches of builds, and the key that secrets are sealed with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.work.caches import caches_of, clear_caches
from seed.work.rotate import rotate

router = APIRouter()
PAGE = "/server"


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return render(request, "server.html", caches=caches_of(world, actor), values=None)


@router.post(f"{PAGE}/caches/clear")
def clear(world: TheWorld, actor: TheActor, name: Annotated[str, Form()] = "") -> Response:
    clear_caches(world, actor, name)
    return RedirectResponse(PAGE, HTTPStatus.SEE_OTHER)


@router.post(f"{PAGE}/keys/rotate")
def rotate_keys(request: Request, world: TheWorld, actor: TheActor) -> Response:
    """Said once, with the page: how many values have the new key."""
    values = rotate(world, actor)
    return render(request, "server.html", caches=caches_of(world, actor), values=values)
