"""The build page: steps, live log, change set, outputs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse

from seed.builds.cancel import cancel
from seed.builds.find import build_of
from seed.builds.log_path import log_path
from seed.changesets import from_json
from seed.console.ansi import pieces
from seed.console.changes import shown
from seed.console.render import page, part
from seed.console.session import TheActor, TheWorld
from seed.work import stream
from seed.work.logs import LogLine, read, tail

router = APIRouter()
FIRST_LINES = 2000
EARLIER_LINES = 2000
PATH = "/apps/{slug}/{stage}/builds/{number}"


@router.get(PATH)
def build_page(
    request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, service: str = ""
) -> Response:
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, number)
        names = [row.service.name for row in build.services]
        chosen = (
            service
            if service in names
            else next((row.service.name for row in build.services if row.state == "failed"), names[0] if names else "")
        )
        row = next((row for row in build.services if row.service.name == chosen), None)
        lines = tail(world.folders.log(row.id), FIRST_LINES) if row else []
        stages = {s.id: s.name for s in build.stage.app.stages}
        return page(
            request,
            "build.html",
            app=build.stage.app,
            stage=build.stage,
            build=build,
            row=row,
            lines=[(line, pieces(line.text)) for line in lines],
            changes=shown(from_json(row.changes), stage) if row and row.changes else None,
            stages=stages,
        )


@router.post(f"{PATH}/cancel")
def cancel_build(world: TheWorld, actor: TheActor, slug: str, stage: str, number: int) -> Response:
    with world.database.write() as session:
        cancel(session, actor, build_of(session, actor, slug, stage, number))
    return RedirectResponse(f"/apps/{part(slug)}/{part(stage)}/builds/{number}", 303)


@router.get(f"{PATH}/logs/{{service}}.txt")
def download(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, service: str, package: str = ""
) -> Response:
    with world.database.read() as session:
        path = log_path(session, world.folders, build_of(session, actor, slug, stage, number), service, package)
    text = "".join(f"{line.at} {line.text}\n" for line in read(path, 0, 10_000_000))
    return PlainTextResponse(text, headers={"Content-Disposition": f'attachment; filename="build-{number}.txt"'})


@router.get(f"{PATH}/logs/{{service}}/before/{{line}}")
def earlier(world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, service: str, line: int) -> Response:
    """The block of lines before number `line`."""
    with world.database.read() as session:
        path = log_path(session, world.folders, build_of(session, actor, slug, stage, number), service)
    first = max(0, line - 1 - EARLIER_LINES)
    return JSONResponse([_piece(x) for x in read(path, first, line - 1 - first)])


@router.get(f"{PATH}/logs/{{service}}/stream", response_class=StreamingResponse)
def follow(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    slug: str,
    stage: str,
    number: int,
    service: str,
    after: Annotated[int, Query(ge=0)] = 0,
) -> StreamingResponse:
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, number)
        path = log_path(session, world.folders, build, service)
    last = request.headers.get("last-event-id", "")
    lines = stream.log_batches(world, build.id, path, int(last) if last.isdigit() else after)

    async def events() -> AsyncIterator[str]:
        async for batch in lines:
            if batch is None:
                yield "event: end\ndata: {}\n\n"
            elif not batch:
                yield ": still here\n\n"
            else:
                yield f"id: {batch[-1].number}\ndata: {json.dumps([_piece(line) for line in batch])}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _piece(line: LogLine) -> list[Any]:
    return [line.number, line.at[11:19], line.step, pieces(line.text)]
