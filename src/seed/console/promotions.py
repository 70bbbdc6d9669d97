"""The review of a promotion: read what will change, then confirm or reject it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from seed.changesets import Finding, Severity, as_markdown, from_json
from seed.changesets.words import counted
from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.review import Service, findings, service_view
from seed.console.templates import naming, render
from seed.errors import Invalid, SeedError
from seed.git import Commit
from seed.people.actor import Actor
from seed.promotions.find import promotion_of
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.reject import reject as reject_verb
from seed.work import intake
from seed.work import review as read
from seed.work.errors import PlannedAgain
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
PAGE = "/promotions/{promotion_id:int}"
WORTH_OPENING = 5
"""Up to so many dangerous changes stand open at first."""


class WrongStageName(Invalid):
    """What was typed is not the name of the stage that would lose data."""

    code = "wrong-stage-name"


@dataclass(frozen=True, slots=True)
class Plan:
    """One service: its row, what changes, and how far its deployment is."""

    row: ServicePlan
    service: Service | None
    state: str
    """Of the service build, once it deploys; of the plan before."""
    failure: dict[str, str] | None


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    return _page(request, world, actor, promotion_id)


@router.get(f"{PAGE}/markdown")
def markdown(world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    promotion = _promotion(world, actor, promotion_id)
    stage = promotion.target_stage.name
    parts = [
        f"### {plan.service.name}\n\n{as_markdown(change_set, stage=stage).strip()}\n"
        for plan in promotion.plans
        if (change_set := read.change_set_of(plan))
    ]
    return PlainTextResponse("\n".join(parts), headers={"Cache-Control": "no-store"})


@router.post(f"{PAGE}/confirm")
def confirm(
    request: Request, world: TheWorld, actor: TheActor, promotion_id: int, digest: Text = "", stage: Text = ""
) -> Response:
    promotion = _promotion(world, actor, promotion_id)
    name = promotion.target_stage.name
    if promotion.state == "review" and read.loses_data(promotion) and stage.strip() != name:
        error = WrongStageName(f"Type the stage's name, {name}, to confirm.", where="stage")
        return _page(request, world, actor, promotion_id, error)
    try:
        intake.confirm(world, actor, promotion_id, digest)
    except PlannedAgain:
        pass  # The page tells what moved, and leads to the new plan.
    except SeedError as error:
        return _page(request, world, actor, promotion_id, error)
    return _back(promotion_id)


@router.post(f"{PAGE}/reject")
def reject(request: Request, world: TheWorld, actor: TheActor, promotion_id: int, reason: Text = "") -> Response:
    try:
        with world.database.write() as session:
            promotion = promotion_of(session, actor, known_id(promotion_id))
            reject_verb(session, world.engine, actor, promotion, reason)
    except SeedError as error:
        return _page(request, world, actor, promotion_id, error)
    return _back(promotion_id)


@router.post(f"{PAGE}/again")
def again(world: TheWorld, actor: TheActor, promotion_id: int) -> Response:
    """The same services from what runs in the source stage now; a rollback from the same build."""
    old = _promotion(world, actor, promotion_id)
    slug, target, names = old.app.slug, old.target_stage.name, [plan.service.name for plan in old.plans]
    if old.kind == "rollback":
        made = intake.roll_back(world, actor, slug, target, old.source_build.number, services=names)
    else:
        made = intake.promote(world, actor, slug, old.source_build.stage.name, to=target, services=names)
    return _back(made.id)


def _back(promotion_id: int) -> Response:
    return RedirectResponse(f"/promotions/{promotion_id}", HTTPStatus.SEE_OTHER)


def _promotion(world: World, actor: Actor, promotion_id: int) -> Promotion:
    with world.database.read() as session:
        promotion_of(session, actor, known_id(promotion_id))
        return load_promotion(session, promotion_id)


def _page(request: Request, world: World, actor: Actor, promotion_id: int, error: SeedError | None = None) -> Response:
    promotion = _promotion(world, actor, promotion_id)
    with world.database.read() as session:
        plans = _plans(session, promotion)
        newer = session.scalar(sa.select(Promotion.id).where(Promotion.replaces_id == promotion.id))
    changed = [plan.service for plan in plans if plan.service and plan.row.state != "unchanged"]
    services = sorted(changed, key=lambda service: -service.change_set.severity)
    found = findings(services)
    commits, compare = _commits(world, promotion)
    return render(
        request,
        "promotion.html",
        status=error.status if error else 200,
        app=promotion.app,
        promotion=promotion,
        plans=plans,
        services=services,
        findings=found,
        severities=_by_severity(found),
        danger=any(s.change_set.severity >= Severity.DANGER for s in services),
        routine_only=_only_routine(services),
        dangers=_dangers(services, found),
        open_danger=sum(row.severity == "danger" for service in services for row in service.rows) <= WORTH_OPENING,
        rows=sum(len(service.rows) + len(service.routine) for service in services),
        commits=commits,
        compare=compare,
        newer=newer,
        error=error,
        named=naming({name for service in services for name in service.ids}),
    )


def _plans(session: Session, promotion: Promotion) -> list[Plan]:
    """What was planned, and what became of it."""
    from seed.builds.records import ServiceBuild

    made = {}
    if promotion.target_build_id:
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == promotion.target_build_id))
        made = {row.service_id: row for row in rows}
    plans = []
    for index, row in enumerate(promotion.plans):
        run = made.get(row.service_id)
        changes = from_json(row.changes) if row.changes else None
        plans.append(
            Plan(
                row=row,
                service=service_view(row.service.name, changes, f"service-{index + 1}") if changes else None,
                state=run.state if run else row.state,
                failure=(run.failure if run and run.failure else row.failure),
            )
        )
    return plans


def _by_severity(found: list[tuple[Service, Finding]]) -> list[tuple[str, list[tuple[Service, Finding]]]]:
    levels = [(level, [pair for pair in found if pair[1].severity == level]) for level in reversed(Severity)]
    return [(level.name.lower(), pairs) for level, pairs in levels if pairs]


def _dangers(services: list[Service], found: list[tuple[Service, Finding]]) -> str:
    """What the one who confirms is reminded of."""
    number = sum(finding.severity == Severity.DANGER for _, finding in found)
    if number:
        return counted(number, "dangerous finding")
    return counted(sum(row.severity == "danger" for service in services for row in service.rows), "dangerous change")


def _only_routine(services: list[Service]) -> bool:
    return bool(services) and all(
        not service.groups and all(f.severity == Severity.ROUTINE for f in service.change_set.findings)
        for service in services
    )


def _commits(world: World, promotion: Promotion) -> tuple[list[Commit], str]:
    """A repository that cannot be read must not keep anybody from reading the review."""
    try:
        return read.commits_between(world, promotion)
    except SeedError:
        return [], ""
