"""A stage's badge, for anybody who has its address: an image, and the state in it."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from seed.console.deps import TheWorld
from seed.notify.badge import public_state, svg

router = APIRouter()
FRESH = "public, max-age=60, must-revalidate"


@router.get("/badges/{key}.svg")
def show(request: Request, world: TheWorld, key: str, style: str = "default") -> Response:
    """Whatever is asked for that is not flat is the default: an image in a page has nobody to tell an error to."""
    with world.database.read() as session:
        body = svg(public_state(session, key), "flat" if style == "flat" else "default")
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    headers = {"Cache-Control": FRESH, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="image/svg+xml", headers=headers)
