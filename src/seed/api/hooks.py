"""Where pushes are told to: signed, not signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from seed.api import shapes
from seed.api.deps import TheWorld
from seed.errors import Invalid
from seed.work.hearing import pushes

router = APIRouter(tags=["hooks"])


@router.post("/hooks/{slug}", status_code=202)
async def hear_webhook(
    request: Request,
    world: TheWorld,
    slug: str,
    x_seed_signature: Annotated[str, Header(max_length=100)] = "",
    x_seed_delivery: Annotated[str, Header(max_length=200)] = "",
) -> shapes.Heard:
    """The generic webhook: `{"ref": "refs/heads/main", "after": "<sha>"}`, signed with the app's secret."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise Invalid("The body did not arrive whole, or is larger than 1 MB.") from None
    builds = await run_in_threadpool(pushes.hear_webhook, world, slug, body, x_seed_signature, x_seed_delivery)
    return shapes.Heard(builds=[build.number for build in builds])
