"""Promotions and rollbacks: ask, read the review, confirm or reject."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.api.wait import until
from seed.changesets import from_json
from seed.changesets.model import row_at
from seed.people.actor import Actor
from seed.promotions.find import promotion_of, promotions_of
from seed.promotions.load import load_promotion
from seed.promotions.reject import reject
from seed.work import intake
from seed.work.promoting.code_files import texts_of
from seed.work.secrets import stored_secrets
from seed.work.world import World

router = APIRouter(tags=["promotions"])


@router.get("/apps/{slug}/promotions")
def list_promotions(
    world: TheWorld, actor: TheActor, slug: str, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[shapes.Promotion]:
    with world.database.read() as session:
        return [present.promotion(row) for row in promotions_of(session, actor, slug, limit)]


@router.post("/apps/{slug}/stages/{stage}/promote", status_code=202)
def promote(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: shapes.Promote) -> shapes.Promotion:
    """From the working build of `stage` to the next stage downstream."""
    return present.promotion(intake.promote(world, actor, slug, stage, to=asked.to, services=asked.services))


@router.post("/apps/{slug}/stages/{stage}/rollback", status_code=202)
def roll_back(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: shapes.RollBack) -> shapes.Promotion:
    """To what ran in `stage` at an earlier promoted build of its own."""
    return present.promotion(intake.roll_back(world, actor, slug, stage, asked.to, services=asked.services))


@router.get("/promotions/{promotion_id}")
async def show_promotion(
    world: TheWorld,
    actor: TheActor,
    promotion_id: int,
    seen: str = "",
    wait: Annotated[float, Query(ge=0, le=60)] = 0,
) -> shapes.PromotionDetail:
    """With `wait` seconds and the state `seen`, the answer comes when the state is another."""
    if wait:
        await until(world, f"promotion:{promotion_id}", wait, lambda: _state(world, actor, promotion_id) != seen)
    return await run_in_threadpool(_detail, world, actor, promotion_id)


@router.get("/promotions/{promotion_id}/code")
def show_code(
    world: TheWorld, actor: TheActor, promotion_id: int, service: str, resource: str, path: str
) -> shapes.CodeFile:
    """A file of a function's or a layer's code that changes, before and after; null where it is no text.

    `resource` in a nested stack is `Outer/Inner/Worker`.
    """
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        found = load_promotion(session, promotion_id)
    changes = next((plan.changes for plan in found.plans if plan.service.name == service), None)
    rows = from_json(changes).resources if changes else ()
    row = row_at(rows, resource)
    texts = texts_of(row.code if row else None, path, world.store, stored_secrets(world))
    return shapes.CodeFile(path=path, before=texts.before, after=texts.after, withheld=texts.withheld)


@router.post("/promotions/{promotion_id}/confirm", status_code=202)
def confirm(world: TheWorld, actor: TheActor, promotion_id: int, asked: shapes.Confirm) -> shapes.Promotion:
    """Names the digest of the review that was read; anything else is refused."""
    intake.confirm(world, actor, promotion_id, asked.digest)
    return _shown(world, actor, promotion_id)


@router.post("/promotions/{promotion_id}/reject", status_code=202)
def reject_promotion(world: TheWorld, actor: TheActor, promotion_id: int, asked: shapes.Reject) -> shapes.Promotion:
    """A review, or what was confirmed and still waits for its turn."""
    with world.database.write() as session:
        reject(session, world.engine, actor, promotion_of(session, actor, promotion_id), asked.reason)
    return _shown(world, actor, promotion_id)


def _detail(world: World, actor: Actor, promotion_id: int) -> shapes.PromotionDetail:
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        found = load_promotion(session, promotion_id)
    return present.promotion_detail(world, found)


def _shown(world: World, actor: Actor, promotion_id: int) -> shapes.Promotion:
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        return present.promotion(load_promotion(session, promotion_id))


def _state(world: World, actor: Actor, promotion_id: int) -> str:
    with world.database.read() as session:
        return promotion_of(session, actor, promotion_id).state
