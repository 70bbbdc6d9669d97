"""The live stream: tells an open page to look again, and nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from seed.apps.records import App
from seed.builds.records import Build
from seed.console.session import TheActor, TheWorld
from seed.errors import NotFound
from seed.promotions.find import promotion_of
from seed.work import stream

router = APIRouter()
KINDS = {"app": App, "build": Build}


@router.get("/live/{kind}/{number}", response_class=StreamingResponse)
def live(world: TheWorld, actor: TheActor, kind: str, number: int) -> StreamingResponse:
    """`kind` is app, build or promotion; the thing is fetched through the person first."""
    actor.must("read")
    with world.database.read() as session:
        if kind == "promotion":
            found = promotion_of(session, actor, number)
            topics = [f"promotion:{number}"]
            topics += [f"build:{found.target_build_id}"] if found.target_build_id else []
        elif kind in KINDS and session.get(KINDS[kind], number) is not None:
            topics = [f"{kind}:{number}"]
        else:
            raise NotFound("There is nothing to follow here.")
    looks = stream.rings(world, tuple(topics))
    return StreamingResponse(looks, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
