"""One stage: its builds, and what can be asked of it: deploy, promote, roll back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.apps.find import services_of, stage_of, stages_of
from seed.apps.stages import next_of
from seed.builds.find import builds_of, working_build
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.promotions.at_a_glance import dangers_at_a_glance
from seed.promotions.promote import promotion_chain
from seed.work import intake
from seed.work.hearing.held_back import held_back_in

router = APIRouter()
Text = Annotated[str, Form()]
Names = Annotated[list[str] | None, Form()]
SHOWN = 100


@router.get("/apps/{slug}/{stage}")
def show(request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str) -> Response:
    with world.database.read() as session:
        found = stage_of(session, actor, slug, stage)
        stages = stages_of(session, found.app_id)
        promotions = [one for one in promotion_chain(session, found.app_id) if one.target_stage_id == found.id]
        return render(
            request,
            "stage.html",
            app=found.app,
            stage=found,
            builds=builds_of(session, actor, slug, stage, SHOWN),
            most=SHOWN,
            working=working_build(session, found.id),
            targets=next_of(found, stages),
            promotions=promotions,
            dangers=dangers_at_a_glance(session, found.app_id, promotions),
            source=next((one.name for one in stages if found in next_of(one, stages)), ""),
            services=services_of(session, found.app_id, None),
            held=held_back_in(world, found.app, found),
        )


@router.post("/apps/{slug}/{stage}/deploy")
def deploy(
    world: TheWorld, actor: TheActor, slug: str, stage: str, commit: Text = "", service: Names = None, force: Text = ""
) -> Response:
    build = intake.deploy(world, actor, slug, stage, commit=commit.strip(), services=service, force=bool(force))
    return RedirectResponse(f"/apps/{slug}/{stage}/builds/{build.number}", HTTPStatus.SEE_OTHER)


@router.post("/apps/{slug}/{stage}/promote")
def promote(world: TheWorld, actor: TheActor, slug: str, stage: str, to: Text = "", service: Names = None) -> Response:
    made = intake.promote(world, actor, slug, stage, to=to, services=service)
    return RedirectResponse(f"/promotions/{made.id}", HTTPStatus.SEE_OTHER)


@router.post("/apps/{slug}/{stage}/rollback")
def roll_back(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: Annotated[int, Form(ge=0, le=10**9)] = 0
) -> Response:
    made = intake.roll_back(world, actor, slug, stage, number)
    return RedirectResponse(f"/promotions/{made.id}", HTTPStatus.SEE_OTHER)
