"""The review of a promotion: read what will change, then confirm or reject it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from seed.changesets import as_markdown
from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.review_page import changes_page, code_page, page, promotion_for
from seed.errors import Invalid, SeedError
from seed.promotions.find import promotion_of
from seed.promotions.reject import reject as reject_verb
from seed.work import intake
from seed.work.errors import PlannedAgain
from seed.work.promoting import review as read

router = APIRouter()
Text = Annotated[str, Form()]
PAGE = "/promotions/{promotion_id:int}"


class WrongStageName(Invalid):
    """What was typed is not the name of the stage that would lose data."""

    code = "wrong-stage-name"


class NotRead(Invalid):
    """The stage wants every promotion read, and nobody said that this one was."""

    code = "not-read"


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    return page(request, world, actor, promotion_id)


@router.get(f"{PAGE}/changes")
def changes(request: Request, world: TheWorld, actor: TheActor, promotion_id: int, row: str = "") -> Response:
    """What is inside the rows of a long review: fetched when one is opened; a page of its own without scripts."""
    return changes_page(request, world, actor, promotion_id, row)


@router.get(f"{PAGE}/code")
def code(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int, row: str = "", file: str = ""
) -> Response:
    return code_page(request, world, actor, promotion_id, row, file)


@router.get(f"{PAGE}/markdown")
def markdown(world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    promotion = promotion_for(world, actor, promotion_id)
    text = read.read_out(world, promotion, lambda changes, stage: as_markdown(changes, stage=stage), "### ")
    return PlainTextResponse(text, headers={"Cache-Control": "no-store"})


@router.post(f"{PAGE}/confirm")
def confirm(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int,
    digest: Text = "", stage: Text = "", read_it: Text = "",
) -> Response:  # fmt: skip
    promotion = promotion_for(world, actor, promotion_id)
    name = promotion.target_stage.name
    try:
        if promotion.state == "review" and read.dangerous(world, promotion) and stage.strip() != name:
            raise WrongStageName(f"Type the stage's name, {name}, to confirm.", where="stage")
        if promotion.state == "review" and promotion.target_stage.always_review and not read_it:
            raise NotRead(f"{name} wants every promotion read: say that you have read this one.", where="read_it")
        intake.confirm(world, actor, promotion_id, digest)
    except PlannedAgain:
        pass  # The page tells what moved, and leads to the new plan.
    except SeedError as error:
        return page(request, world, actor, promotion_id, error)
    return _back(promotion_id)


@router.post(f"{PAGE}/reject")
def reject(request: Request, world: TheWorld, actor: TheActor, promotion_id: int, reason: Text = "") -> Response:
    try:
        with world.database.write() as session:
            promotion = promotion_of(session, actor, known_id(promotion_id))
            reject_verb(session, world.engine, actor, promotion, reason)
    except SeedError as error:
        return page(request, world, actor, promotion_id, error)
    return _back(promotion_id)


@router.post(f"{PAGE}/again")
def again(world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    """The same services from what runs in the source stage now; a rollback from the same build."""
    old = promotion_for(world, actor, promotion_id)
    slug, target, names = old.app.slug, old.target_stage.name, [plan.service.name for plan in old.plans]
    if old.kind == "rollback":
        made = intake.roll_back(world, actor, slug, target, old.source_build.number, services=names)
    else:
        made = intake.promote(world, actor, slug, old.source_build.stage.name, to=target, services=names)
    return _back(made.id)


def _back(promotion_id: int) -> Response:
    return RedirectResponse(f"/promotions/{promotion_id}", HTTPStatus.SEE_OTHER)
