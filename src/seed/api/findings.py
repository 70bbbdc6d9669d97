"""What a promotion found, and what people say of it."""

from __future__ import annotations

from fastapi import APIRouter

from seed.api import present, shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import app_of
from seed.promotions import judge
from seed.promotions.find import promotion_of
from seed.promotions.verdicts import finding_of, said_of_promotion, verdicts_in_force, verdicts_of

router = APIRouter(tags=["findings"])


@router.get("/promotions/{promotion_id}/findings")
def list_findings(world: TheWorld, actor: TheActor, promotion_id: int) -> list[shapes.SaidFinding]:
    """Worst first, those that were accepted too."""
    with world.database.read() as session:
        promotion = promotion_of(session, actor, promotion_id)
        verdicts = verdicts_in_force(session, promotion.app_id)
        return [present.said(one) for one in said_of_promotion(promotion, verdicts)]


@router.post("/promotions/{promotion_id}/findings/{key}/accept", status_code=201)
def accept(world: TheWorld, actor: TheActor, promotion_id: int, key: str, asked: shapes.Accept) -> shapes.Verdict:
    """For every review of the app, for so many days."""
    with world.database.write() as session:
        promotion, said = finding_of(session, actor, promotion_id, key)
        made = judge.accept(session, actor, promotion, said, asked.reason, asked.days)
        return shapes.Verdict.model_validate(made, from_attributes=True)


@router.post("/promotions/{promotion_id}/findings/{key}/wrong", status_code=201)
def mark_wrong(world: TheWorld, actor: TheActor, promotion_id: int, key: str, asked: shapes.Wrong) -> shapes.Verdict:
    """It stays in every review and says who thinks it wrong, and why."""
    with world.database.write() as session:
        promotion, said = finding_of(session, actor, promotion_id, key)
        made = judge.mark_wrong(session, actor, promotion, said, asked.reason)
        return shapes.Verdict.model_validate(made, from_attributes=True)


@router.get("/apps/{slug}/verdicts")
def list_verdicts(world: TheWorld, actor: TheActor, slug: str) -> list[shapes.Verdict]:
    """All that was ever said of findings, newest first."""
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return [shapes.Verdict.model_validate(row, from_attributes=True) for row in verdicts_of(session, app.id)]


@router.delete("/apps/{slug}/verdicts/{verdict_id}")
def withdraw(world: TheWorld, actor: TheActor, slug: str, verdict_id: int) -> shapes.Verdict:
    """The finding counts again."""
    with world.database.write() as session:
        row = judge.withdraw(session, actor, app_of(session, actor, slug), verdict_id)
        return shapes.Verdict.model_validate(row, from_attributes=True)
