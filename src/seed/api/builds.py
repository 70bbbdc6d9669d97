"""Builds and their logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.api.wait import until
from seed.builds.find import build_of, builds_of
from seed.builds.log_path import log_path
from seed.people.actor import Actor
from seed.promotions.cancel import cancel_any
from seed.work import intake
from seed.work.logs import stream
from seed.work.logs.log import LogReader, read
from seed.work.world import World

router = APIRouter(tags=["builds"])
Wait = Annotated[float, Query(ge=0, le=60)]


@router.get("/apps/{slug}/builds")
def list_builds(
    world: TheWorld, actor: TheActor, slug: str, stage: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[shapes.Build]:
    with world.database.read() as session:
        return [present.build(row) for row in builds_of(session, actor, slug, stage or None, limit)]


@router.post("/apps/{slug}/stages/{stage}/deploy", status_code=202)
def deploy(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: shapes.Deploy) -> shapes.BuildDetail:
    build = intake.deploy(world, actor, slug, stage, commit=asked.commit, services=asked.services, force=asked.force)
    return _detail(world, actor, slug, stage, build.number)


@router.get("/apps/{slug}/stages/{stage}/builds/{number}")
async def show_build(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, seen: str = "", wait: Wait = 0
) -> shapes.BuildDetail:
    """With `wait` seconds and the state `seen`, the answer comes when the state is another."""
    if wait and seen:
        build_id, _ = await run_in_threadpool(_state, world, actor, slug, stage, number)
        await until(
            world, f"build:{build_id}", wait, lambda: _state(world, actor, slug, stage, number) != (build_id, seen)
        )
    return await run_in_threadpool(_detail, world, actor, slug, stage, number)


@router.post("/apps/{slug}/stages/{stage}/builds/{number}/cancel", status_code=202)
def cancel_build(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, *, update: bool = False
) -> shapes.BuildDetail:
    """A confirmed promotion too; of a build that has ended, the packages for later stages that are still being made.

    A promotion that waits for its turn ends as rejected, one whose hooks run as failed. With `update`, CloudFormation
    takes back what it is updating.
    """
    with world.database.write() as session:
        cancel_any(session, world.engine, actor, build_of(session, actor, slug, stage, number), update=update)
    return _detail(world, actor, slug, stage, number)


@router.get("/apps/{slug}/stages/{stage}/builds/{number}/logs/{service}")
def show_log(
    world: TheWorld,
    actor: TheActor,
    slug: str,
    stage: str,
    number: int,
    service: str,
    package: str = "",
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> list[shapes.LogLine]:
    """Lines after number `after`. `package` names a downstream stage: the log of making its package."""
    with world.database.read() as session:
        path = log_path(session, world.folders, build_of(session, actor, slug, stage, number), service, package)
    return [shapes.LogLine(number=x.number, at=x.at, step=x.step, text=x.text) for x in read(path, after, limit)]


@router.get("/apps/{slug}/stages/{stage}/builds/{number}/logs/{service}/text", response_class=PlainTextResponse)
def download_log(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, service: str, package: str = ""
) -> StreamingResponse:
    """The whole log as text, read and sent in parts."""
    with world.database.read() as session:
        path = log_path(session, world.folders, build_of(session, actor, slug, stage, number), service, package)
    return StreamingResponse(
        _text(path), media_type="text/plain; charset=utf-8", headers={"Content-Disposition": "attachment"}
    )


@router.get("/apps/{slug}/stages/{stage}/builds/{number}/logs/{service}/stream", response_class=StreamingResponse)
def stream_log(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    slug: str,
    stage: str,
    number: int,
    service: str,
    package: str = "",
) -> StreamingResponse:
    """Server-sent events, one for each batch of lines; Last-Event-ID goes on after that line."""
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, number)
        path = log_path(session, world.folders, build, service, package)
    last = request.headers.get("last-event-id", "0")
    lines = stream.log_lines(world, build.id, path, int(last) if last.isdigit() else 0)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _text(path: Path) -> Iterator[str]:
    reader = LogReader(path)
    while lines := reader.poll():
        yield "".join(f"{line.at} {line.text}\n" for line in lines)


def _state(world: World, actor: Actor, slug: str, stage: str, number: int) -> tuple[int, str]:
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, number)
        return build.id, build.state


def _detail(world: World, actor: Actor, slug: str, stage: str, number: int) -> shapes.BuildDetail:
    with world.database.read() as session:
        return present.build_detail(build_of(session, actor, slug, stage, number))
