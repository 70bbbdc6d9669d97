"""The review: what confirming does, and the button that does it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from seed.changesets import as_markdown
from seed.console.changes import shown
from seed.console.render import page
from seed.console.session import TheActor, TheWorld
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor
from seed.promotions.find import promotion_of
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion
from seed.promotions.reject import reject
from seed.work import intake, review
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form(max_length=2000)]


class NameNotTyped(Invalid):
    """Something dangerous is confirmed only by typing the stage's name."""

    code = "name-not-typed"


@router.get("/promotions/{promotion_id}")
def review_page(request: Request, world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    return _page(request, world, _load(world, actor, promotion_id))


@router.get("/promotions/{promotion_id}/markdown", response_class=PlainTextResponse)
def markdown(world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    promotion = _load(world, actor, promotion_id)
    parts = [
        f"### {plan.service.name}\n\n{as_markdown(found)}"
        for plan in promotion.plans
        if (found := review.change_set_of(plan))
    ]
    return PlainTextResponse("\n\n".join(parts))


@router.post("/promotions/{promotion_id}/confirm")
def confirm(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int, digest: Text, typed: Text = ""
) -> Response:
    promotion = _load(world, actor, promotion_id)
    stage = promotion.target_stage.name
    try:
        if review.loses_data(promotion) and typed.strip() != stage:
            raise NameNotTyped(f"Type {stage} to confirm something dangerous.", where="typed")
        intake.confirm(world, actor, promotion_id, digest)
    except SeedError as error:
        return _page(request, world, _load(world, actor, promotion_id), error=error)
    return RedirectResponse(f"/promotions/{promotion_id}", 303)


@router.post("/promotions/{promotion_id}/reject")
def reject_promotion(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int, reason: Text = ""
) -> Response:
    try:
        with world.database.write() as session:
            reject(session, world.engine, actor, promotion_of(session, actor, promotion_id), reason)
    except SeedError as error:
        return _page(request, world, _load(world, actor, promotion_id), error=error)
    return RedirectResponse(f"/promotions/{promotion_id}", 303)


def _load(world: World, actor: Actor, promotion_id: int) -> Promotion:
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        return load_promotion(session, promotion_id)


def _page(request: Request, world: World, promotion: Promotion, error: SeedError | None = None) -> Response:
    stage = promotion.target_stage.name
    found = {plan.id: review.change_set_of(plan) for plan in promotion.plans}
    changes = {plan_id: shown(change_set, stage) for plan_id, change_set in found.items() if change_set}
    commits, compare_url = review.commits_between(world, promotion)
    findings = sorted(
        ((plan, finding) for plan in promotion.plans if plan.id in changes for finding in changes[plan.id].findings),
        key=lambda pair: -pair[1].severity,
    )
    return page(
        request,
        "promotion.html",
        error.status if error else 200,
        promotion=promotion,
        app=promotion.app,
        changes=changes,
        findings=findings,
        headline=review.headline_of(promotion) if changes else "",
        dangerous=review.loses_data(promotion),
        commits=commits,
        compare_url=compare_url,
        results=_results(world, promotion),
        newer=_newer(world, promotion),
        error=error,
    )


def _results(world: World, promotion: Promotion) -> list[tuple[str, str, str]]:
    """(service, state, reason) of the build that carries it out."""
    if promotion.target_build_id is None:
        return []
    with world.database.read() as session:
        build = load_promotion(session, promotion.id).target_build
        return [(row.service.name, row.state, row.reason) for row in build.services] if build else []


def _newer(world: World, promotion: Promotion) -> int | None:
    """The promotion that was planned in this one's place."""
    import sqlalchemy as sa

    with world.database.read() as session:
        return session.scalar(sa.select(Promotion.id).where(Promotion.replaces_id == promotion.id).limit(1))
