"""A build: what went wrong first, then each service with its steps, log, changes and outputs."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from seed.builds.find import build_of, is_over, working_build
from seed.builds.log_path import log_path
from seed.builds.states import GOOD
from seed.console import live, logs
from seed.console.build_view import view
from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.templates import render
from seed.promotions.cancel import cancel_any
from seed.work import intake
from seed.work.logs.log import LogReader, read
from seed.work.world import World

router = APIRouter()
UNSAFE = re.compile(r"[^\w.-]", re.ASCII)
BUILD = "/apps/{slug}/{stage}/builds/{number:int}"
EVERY_LINE = 10_000_000
Before = Annotated[int, Query(ge=1, le=EVERY_LINE)]
Cursor = Annotated[str, Query(max_length=4000)]


@router.get(BUILD)
def show(request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str, number: int) -> Response:
    """A live page asks again without the logs: those come by the stream."""
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        shown = view(world, session, build, with_logs="seed-live" not in request.headers)
        working = working_build(session, build.stage_id)
        return render(
            request,
            "build.html",
            long=True,
            app=build.stage.app,
            stage=build.stage,
            build=build,
            view=shown,
            is_working=working is not None and working.id == build.id,
        )


@router.post(f"{BUILD}/cancel")
def cancel(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, *, update: Annotated[bool, Form()] = False
) -> Response:
    with world.database.write() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        cancel_any(session, world.engine, actor, build, update=update)
    return RedirectResponse(f"/apps/{slug}/{stage}/builds/{number}", HTTPStatus.SEE_OTHER)


@router.post(f"{BUILD}/again")
def again(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, failed: Annotated[bool, Form()] = False
) -> Response:
    """The same commit and services, as a new build; also what is unchanged: somebody wants it again. `failed`: those
    that did not go well alone.
    """
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        commit = build.commit
        names = [row.service.name for row in build.services if not failed or row.state not in GOOD]
    made = intake.deploy(world, actor, slug, stage, commit=commit, services=names, force=True)
    return RedirectResponse(f"/apps/{slug}/{stage}/builds/{made.number}", HTTPStatus.SEE_OTHER)


@router.get(f"{BUILD}/stream")
def stream(
    request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, after: Cursor = ""
) -> StreamingResponse:
    """Every log of the build in one stream, going on after what the page has."""
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        paths = {f"s{row.id}": world.folders.log(row.id) for row in build.services}
        paths |= {f"p{one.id}": world.folders.package_log(one.id) for row in build.services for one in row.downstream}
        identity = build.id
    last = request.headers.get("last-event-id") or after
    at = live.cursor(last)
    readers = {key: LogReader(path, at.get(key, 0)) for key, path in paths.items()}
    events = live.follow_logs(world, (f"build:{identity}",), readers, lambda: _ended(world, identity), last)
    return live.answer(events)


@router.get(f"{BUILD}/log/{{service}}")
def block(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    slug: str,
    stage: str,
    number: int,
    service: str,
    before: Before = EVERY_LINE,
    package: str = "",
) -> Response:
    """The lines before number `before`: fetched by the page, and a page of its own without scripts."""
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        path = log_path(session, world.folders, build, service, package)
        row = next(row for row in build.services if row.service.name == service)
        made = f"-{path.stem}" if package else ""
        return render(
            request,
            "log_block.html",
            long=True,
            app=build.stage.app,
            stage=build.stage,
            build=build,
            service=service,
            package=package,
            log=logs.before(path, logs.anchor(row) + made, before),
        )


@router.get(f"{BUILD}/log/{{service}}/text")
def download(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, service: str, package: str = ""
) -> Response:
    with world.database.read() as session:
        build = build_of(session, actor, slug, stage, known_id(number))
        path = log_path(session, world.folders, build, service, package)
    name = UNSAFE.sub("-", "-".join(part for part in (slug, stage, str(number), service, package) if part))
    text = "".join(f"{line.at} {line.text}\n" for line in read(path, 0, EVERY_LINE))
    return PlainTextResponse(text, headers={"Content-Disposition": f'attachment; filename="{name}.log"'})


def _ended(world: World, build_id: int) -> bool:
    with world.database.read() as session:
        return is_over(session, build_id)
