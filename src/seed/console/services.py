"""The services of an app and their phases: found, added, moved, arranged."""

from __future__ import annotations

from http import HTTPStatus
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.apps.find import app_of, services_of
from seed.apps.services import arrange, check_by, set_unit_tests
from seed.builds.changed import WAYS
from seed.builds.phases import in_phases
from seed.console.deps import TheActor, TheWorld
from seed.console.spec_schema import ADDRESS
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor
from seed.work.packaging import compat
from seed.work.source import services
from seed.work.source.services import Found, Proposal
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]
PAGE = "/apps/{slug}/services"


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    return _page(request, world, actor, slug)


@router.get(f"{PAGE}/check")
def check(request: Request, world: TheWorld, actor: TheActor, slug: str, commit: str = "") -> Response:
    """The compatibility report of every service, and what is wrong with the build spec; at any commit."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    about: dict[str, Any] = {"app": app, "commit": commit.strip(), "schema": f"{world.settings.url}{ADDRESS}"}
    try:
        reports, problems = compat.check_all(world, actor, slug, about["commit"])
        return render(request, "check.html", **about, reports=reports, spec=problems, error=None)
    except SeedError as error:
        return render(request, "check.html", **about, reports=[], spec=[], error=error, status=error.status)


@router.post(f"{PAGE}/find")
def find(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    """Looks into the repository: what is there, and what it says of the order."""
    try:
        found, proposal = services.look(world, actor, slug), services.propose(world, actor, slug)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error)
    return _page(request, world, actor, slug, found=found, proposal=proposal)


@router.post(f"{PAGE}/add")
def add(request: Request, world: TheWorld, actor: TheActor, slug: str, path: Text = "") -> Response:
    try:
        services.add_service(world, actor, slug, path)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error)
    return _back(slug)


@router.post(f"{PAGE}/move")
def move(request: Request, world: TheWorld, actor: TheActor, slug: str, name: Text = "", path: Text = "") -> Response:
    try:
        services.move_service(world, actor, slug, name, path)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error)
    return _back(slug)


@router.post(f"{PAGE}/phases")
def save_phases(
    request: Request, world: TheWorld, actor: TheActor, slug: str, service: Texts = None, phase: Texts = None
) -> Response:
    """`service` and `phase` come in pairs; numbers order, they need not be without gaps."""
    try:
        sets = in_phases(zip_longest(service or [], phase or []), lambda pair: _number(pair[1]))
        with world.database.write() as session:
            wanted = [[name or "" for name, _ in pairs] for _, pairs in sets]
            arrange(session, actor, app_of(session, actor, slug), wanted)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error)
    return _back(slug)


@router.post(f"{PAGE}/check-by")
def save_check(request: Request, world: TheWorld, actor: TheActor, slug: str, way: Text = "") -> Response:
    try:
        with world.database.write() as session:
            check_by(session, actor, app_of(session, actor, slug), way)
    except SeedError as error:
        return _page(request, world, actor, slug, error=error)
    return _back(slug)


@router.post(f"{PAGE}/unit-tests")
def save_unit_tests(world: TheWorld, actor: TheActor, slug: str, on: Text = "") -> Response:
    with world.database.write() as session:
        set_unit_tests(session, actor, app_of(session, actor, slug), on=bool(on))
    return _back(slug)


def _number(text: str | None) -> int:
    if not text or not text.isdecimal() or len(text) > 4:  # noqa: PLR2004, no app has that many phases
        raise Invalid("A phase is a number from 1.", where="phase")
    return int(text)


def _back(slug: str) -> Response:
    return RedirectResponse(f"/apps/{slug}/services", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, slug: str, *,
    found: list[Found] | None = None, proposal: Proposal | None = None, error: SeedError | None = None,
) -> Response:  # fmt: skip
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        rows = services_of(session, app.id, None)
        return render(
            request,
            "services.html",
            status=error.status if error else 200,
            app=app,
            services=rows,
            phases=in_phases(rows, lambda row: row.phase),
            ways=WAYS,
            found=found,
            proposal=proposal,
            error=error,
        )
