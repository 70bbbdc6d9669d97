"""What belongs to the whole server: where builds run, their caches, and the key that secrets are sealed with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.work.dependencies.caches import caches_of, clear_caches, runner_of
from seed.work.rotate import rotate

router = APIRouter()
PAGE = "/server"


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _page(request, world, actor)


@router.post(f"{PAGE}/caches/clear")
def clear(world: TheWorld, actor: TheActor, name: Annotated[str, Form()] = "") -> Response:
    clear_caches(world, actor, name)
    return RedirectResponse(PAGE, HTTPStatus.SEE_OTHER)


@router.post(f"{PAGE}/keys/rotate")
def rotate_keys(request: Request, world: TheWorld, actor: TheActor) -> Response:
    """Said once, with the page: how many values have the new key."""
    values = rotate(world, actor)
    return _page(request, world, actor, values)


def _page(request: Request, world: TheWorld, actor: TheActor, values: int | None = None) -> Response:
    runner = runner_of(world, actor)
    return render(request, "server.html", caches=caches_of(world, actor), runner=runner, values=values)
