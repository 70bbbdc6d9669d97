"""The apps, and the pipeline of each."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from seed.apps.find import app_of, apps_of
from seed.apps.records import Account, App, Stage
from seed.builds.pipeline import pipeline
from seed.builds.records import Build
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import SeedError
from seed.people.actor import Actor
from seed.promotions.at_a_glance import dangers_at_a_glance
from seed.promotions.promote import promotion_chain
from seed.promotions.records import Promotion
from seed.work import intake
from seed.work.packaging import compat
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app in the list: each stage with its newest build."""

    app: App
    stages: tuple[tuple[Stage, Build | None], ...]
    reviews: int


@router.get("/")
def index(request: Request, world: TheWorld, actor: TheActor) -> Response:
    with world.database.read() as session:
        rows = _rows(session, apps_of(session, actor))
        return render(request, "index.html", rows=rows)


@router.get("/apps/new")
def new_page(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _new(request, world, actor, {}, None)


@router.post("/apps/new")
def new(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    repository: Text = "",
    name: Text = "",
    branch: Text = "",
    account: Text = "",
    production_account: Text = "",
) -> Response:
    given = {"repository": repository, "name": name, "branch": branch,
             "account": account, "production_account": production_account}  # fmt: skip
    try:
        app = intake.add_app(
            world, actor, repository, name=name, branch=branch, account=account, production_account=production_account
        )
    except SeedError as error:
        return _new(request, world, actor, given, error)
    return RedirectResponse(f"/apps/{app.slug}{_first_look(world, actor, app.slug)}", HTTPStatus.SEE_OTHER)


def _first_look(world: World, actor: Actor, slug: str) -> str:
    """Where a new app leads to: to what stops its services, if something does."""
    try:
        reports, problems = compat.check_all(world, actor, slug)
        return "" if all(one.fits for one in reports) and not problems else "/services/check"
    except SeedError:
        return ""


@router.get("/apps/{slug}")
def show_pipeline(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        found = pipeline(session, app)
        promotions = promotion_chain(session, app.id)
        reviews = {
            (one.source_build.stage_id, one.source_build.number, one.target_stage.name): one.id
            for one in promotions
            if one.state == "review"
        }
        return render(
            request,
            "pipeline.html",
            app=app,
            pipeline=found,
            promotions=promotions,
            reviews=reviews,
            dangers=dangers_at_a_glance(session, app.id, promotions),
        )


def _new(request: Request, world: World, actor: Actor, given: dict[str, str], error: SeedError | None) -> Response:
    actor.must("admin")
    with world.database.read() as session:
        accounts = session.scalars(sa.select(Account).order_by(Account.id)).all()
        status = error.status if error else 200
        return render(request, "new_app.html", status=status, accounts=accounts, given=given, error=error)


def _rows(session: Session, apps: list[App]) -> list[AppRow]:
    """Three queries, however many apps."""
    newest = sa.select(Build.id).where(Build.stage_id == Stage.id).order_by(Build.number.desc()).limit(1)
    ids = sa.select(newest.correlate(Stage).scalar_subquery()).select_from(Stage)
    builds = {build.stage_id: build for build in session.scalars(sa.select(Build).where(Build.id.in_(ids)))}
    stages: dict[int, list[Stage]] = {}
    for stage in session.scalars(sa.select(Stage).where(Stage.removed_at.is_(None)).order_by(Stage.position)):
        stages.setdefault(stage.app_id, []).append(stage)
    waiting = sa.select(Promotion.app_id, sa.func.count()).where(Promotion.state == "review")
    reviews = {row[0]: row[1] for row in session.execute(waiting.group_by(Promotion.app_id))}
    return [
        AppRow(app, tuple((s, builds.get(s.id)) for s in stages.get(app.id, [])), reviews.get(app.id, 0))
        for app in apps
    ]
