"""The page of a review: everything that was planned and found, and what people said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from seed.builds.records import ServiceBuild
from seed.changesets import ChangeSet, Severity, from_json
from seed.changesets.findings import ASKED, RULES
from seed.console.aws_links import Place
from seed.console.deps import known_id
from seed.console.review import Found, Service, away, chips, findings, later, service_view
from seed.console.templates import naming, render
from seed.console.values import file_diff
from seed.counting import counted
from seed.errors import NotFound, SeedError
from seed.git import Commit, commit_links
from seed.people.actor import Actor
from seed.promotions.at_a_glance import in_a_phrase
from seed.promotions.find import promotion_of
from seed.promotions.load import load_promotion
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.verdicts import Said, left_to_read, needs_reading, verdicts_in_force
from seed.work.promoting import review as read
from seed.work.promoting.code_files import texts_of
from seed.work.promoting.review import repackaged
from seed.work.secrets import stored_secrets
from seed.work.world import World

MANY_ALIKE, FIRST_ALIKE = 8, 3
"""Of a rule with more findings than that, the first few stand there; the others are folded beneath them."""
TITLES = {rule.id: rule.title for rule in (*RULES, *ASKED)}
WORTH_OPENING = 5
"""Up to so many dangerous changes stand open at first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One service: its row, what changes, and how far its deployment is."""

    row: ServicePlan
    service: Service | None
    state: str
    """Of the service build, once it deploys; of the plan before."""
    failure: dict[str, str] | None


def promotion_for(world: World, actor: Actor, promotion_id: int) -> Promotion:
    with world.database.read() as session:
        promotion_of(session, actor, known_id(promotion_id))
        return load_promotion(session, promotion_id)


def page(request: Request, world: World, actor: Actor, promotion_id: int, error: SeedError | None = None) -> Response:
    promotion = promotion_for(world, actor, promotion_id)
    with world.database.read() as session:
        plans = _plans(session, promotion, _account_place(promotion))
        verdicts = verdicts_in_force(session, promotion.app_id)
        newer = session.scalar(sa.select(Promotion.id).where(Promotion.replaces_id == promotion.id))
        replaced = session.scalar(sa.select(Promotion.state).where(Promotion.id == promotion.replaces_id))
    changed = [plan.service for plan in plans if plan.service and plan.row.state != "unchanged"]
    services = sorted(changed, key=lambda service: -service.change_set.severity)
    found = findings(services, verdicts)
    open_ones = [one for one in found if not one.said.accepted]
    commits, compare = _commits(world, promotion)
    rows = sum(row.number for service in services for row in service.every)
    by_fate, by_kind = chips(services)
    missing = later(services, f"/promotions/{promotion.id}/changes")
    return render(
        request,
        "promotion.html",
        status=error.status if error else 200,
        long=True,
        app=promotion.app,
        promotion=promotion,
        plans=plans,
        services=services,
        findings=found,
        severities=_by_severity(open_ones),
        accepted=[one for one in found if one.said.accepted],
        danger=any(_left(service, found) >= Severity.DANGER for service in services),
        calm=bool(services) and not any(_must_be_read(service, found) for service in services),
        code=_code(services),
        dangers=_dangers(services, found),
        open_danger=sum(row.severity == "danger" for service in services for row in service.rows) <= WORTH_OPENING,
        rows=rows,
        later=missing,
        away=away(found, missing),
        chips=by_fate,
        kinds=by_kind,
        commits=commits,
        most_commits=read.MOST_COMMITS,
        compare=compare,
        links=commit_links(promotion.app.repository) or "",
        newer=newer,
        replaced=replaced,
        error=error,
        repackaged=repackaged,
        named=naming({name for service in services for name in service.ids}),
    )


def changes_page(request: Request, world: World, actor: Actor, promotion_id: int, anchor: str) -> Response:
    """Every row with what is inside it, or the one that is asked for."""
    promotion = promotion_for(world, actor, promotion_id)
    with world.database.read() as session:
        plans = _plans(session, promotion, _account_place(promotion))
    services = [plan.service for plan in plans if plan.service and plan.row.state != "unchanged"]
    shown = [(service, [row for row in service.every if anchor in ("", row.anchor)]) for service in services]
    shown = [(service, rows) for service, rows in shown if rows]
    if anchor and not shown:
        raise NotFound("This review has no such resource.")
    base = f"/promotions/{promotion.id}" if anchor else ""
    return render(request, "changes.html", long=True, app=promotion.app, promotion=promotion, shown=shown, base=base)


def code_page(request: Request, world: World, actor: Actor, promotion_id: int, anchor: str, path: str) -> Response:
    """One file of a function's code, before and after."""
    promotion = promotion_for(world, actor, promotion_id)
    with world.database.read() as session:
        plans = _plans(session, promotion, None)
    row = next((row for plan in plans if plan.service and (row := plan.service.find(anchor))), None)
    texts = texts_of(row.change.code if row else None, path, world.store, stored_secrets(world))
    file = texts.file
    shown = None
    if texts.before is not None and texts.after is not None:
        shown = file_diff(texts.before if file.before is not None else None,
                          texts.after if file.after is not None else None)  # fmt: skip
    return render(
        request,
        "code.html",
        long=True,
        app=promotion.app,
        promotion=promotion,
        row=row,
        file=file,
        diff=shown,
        withheld=texts.withheld,
    )


def _account_place(promotion: Promotion) -> Place | None:
    """Where AWS's console shows the target's resources; the local AWS, and what only speaks like AWS, has none."""
    account = promotion.target_stage.account
    return None if account.kind == "local" or account.endpoint_url else Place(account.region)


def _said(service: Service, found: list[Found]) -> list[Said]:
    return [one.said for one in found if one.service is service]


def _left(service: Service, found: list[Found]) -> Severity:
    return left_to_read(service.change_set, _said(service, found))


def _must_be_read(service: Service, found: list[Found]) -> bool:
    return needs_reading(service.change_set, _said(service, found))


def _plans(session: Session, promotion: Promotion, place: Place | None) -> list[Plan]:
    """What was planned, and what became of it."""
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
                service=_view(row, changes, f"service-{index + 1}", place) if changes else None,
                state=run.state if run else row.state,
                failure=(run.failure if run and run.failure else row.failure),
            )
        )
    return plans


def _view(row: ServicePlan, changes: ChangeSet, anchor: str, place: Place | None) -> Service:
    own = replace(place, stack_id=row.stack_id) if place else None
    return service_view(row.service.name, changes, anchor, own)


@dataclass(frozen=True, slots=True)
class Level:
    """The findings of one severity."""

    name: str
    shown: list[Found]
    alike: list[tuple[str, list[Found]]]
    """Of a rule with very many: its title, and those beyond the first few. Never dangers."""


def _by_severity(found: list[Found]) -> list[Level]:
    levels = [(level, [one for one in found if one.finding.severity == level]) for level in reversed(Severity)]
    return [_level(level, ones) for level, ones in levels if ones]


def _level(level: Severity, ones: list[Found]) -> Level:
    by_rule: dict[str, list[Found]] = {}
    for one in ones:
        by_rule.setdefault(one.finding.rule, []).append(one)
    many = {rule: of for rule, of in by_rule.items() if len(of) > MANY_ALIKE and level < Severity.DANGER}
    folded = [(TITLES.get(rule, rule), of[FIRST_ALIKE:]) for rule, of in many.items()]
    away = {id(one) for _, of in folded for one in of}
    return Level(level.name.lower(), [one for one in ones if id(one) not in away], folded)


def _code(services: list[Service]) -> str:
    """`3 functions get new code`; '' where all is routine."""
    number = sum(functions_of(service.change_set) for service in services)
    return f"{counted(number, 'function')} {'gets' if number == 1 else 'get'} new code" if number else ""


def functions_of(change_set: ChangeSet) -> int:
    """Those that are to be read, in nested stacks too: of a calm review, all that changes."""
    real = [row for row in change_set.resources if not row.routine]
    return sum(functions_of(row.nested) if row.nested else 1 for row in real)


def _dangers(services: list[Service], found: list[Found]) -> str:
    """What the one who confirms is reminded of: `Deletes data: Orders`."""
    told = in_a_phrase(one.finding for one in found if one.said.counts)
    return told or counted(
        sum(row.severity == "danger" for service in services for row in service.rows), "dangerous change"
    )


def _commits(world: World, promotion: Promotion) -> tuple[list[Commit], str]:
    """A repository that cannot be read must not keep anybody from reading the review."""
    try:
        return read.commits_between(world, promotion)
    except SeedError:
        return [], ""
