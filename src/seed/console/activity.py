"""Who did what, when: in an app, or everywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from seed.apps.find import app_of, apps_of
from seed.apps.records import App, Stage
from seed.audit.find import activity_of
from seed.audit.records import AuditEvent
from seed.builds.records import Build
from seed.console.activity_words import DONE
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.promotions.records import Promotion
from seed.removals.records import Removal

router = APIRouter()
LOOKED_BACK = 200
PROMOTION = re.compile(r"(?:(?P<stage>\S+) )?#(?P<number>\d+)")


@router.get("/apps/{slug}/activity")
def of_app(request: Request, world: TheWorld, actor: TheActor, slug: str) -> Response:
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        return _page(request, session, app, [app])


@router.get("/activity")
def of_all(request: Request, world: TheWorld, actor: TheActor) -> Response:
    """Also of people, tokens, accounts and keys, and of apps that were removed."""
    actor.must("admin")
    with world.database.read() as session:
        return _page(request, session, None, apps_of(session, actor))


def _page(request: Request, session: Session, app: App | None, apps: Sequence[App]) -> Response:
    by_id = {one.id: one for one in apps}
    events = activity_of(session, app.id if app else None, LOOKED_BACK)
    there = _there(session, list(by_id.values()))
    told = []
    for event in events:
        link = _link(by_id.get(event.app_id or 0), event)
        told.append((event, _sentence(event), _subject(event), link if link in there else ""))
    return render(
        request, "activity.html", app=app, events=told, most=LOOKED_BACK, slugs={one.id: one.slug for one in apps}
    )


def _sentence(event: AuditEvent) -> str:
    return DONE.get(event.action) or event.action.replace(".", " ")


def _subject(event: AuditEvent) -> str:
    """`promotion 17 to prod`: with its number alone it would look like a build of prod."""
    found = PROMOTION.fullmatch(event.subject)
    if not found:
        return event.subject
    what, to = ("rollback", "of") if event.action.startswith("rollback.") else ("promotion", "to")
    return f"{what} {found['number']}" + (f" {to} {found['stage']}" if found["stage"] else "")


def _there(session: Session, apps: Sequence[App]) -> set[str]:
    """The pages of what has not been removed since."""
    ids = {app.id: app for app in apps}
    here = sa.and_(Stage.app_id.in_(ids), Stage.removed_at.is_(None))
    builds = sa.select(Stage.app_id, Stage.name, Build.number).join(Build, Build.stage_id == Stage.id)
    newest = builds.where(here).order_by(Build.id.desc()).limit(LOOKED_BACK)
    promotions = sa.select(Promotion.id).where(Promotion.app_id.in_(ids)).order_by(Promotion.id.desc())
    removals = sa.select(Removal.id).order_by(Removal.id.desc())
    return (
        {_build_page(ids[app_id], stage, number) for app_id, stage, number in session.execute(newest)}
        | {f"/promotions/{number}" for number in session.scalars(promotions.limit(LOOKED_BACK))}
        | {f"/removals/{number}" for number in session.scalars(removals.limit(LOOKED_BACK))}
    )


def _build_page(app: App, stage: str, number: int | str) -> str:
    return f"/apps/{app.slug}/{quote(stage, safe='')}/builds/{number}"


def _link(app: App | None, event: AuditEvent) -> str:
    """Where the subject was to be seen; '' when it never had a page."""
    if removal := event.details.get("removal"):
        return f"/removals/{removal}"
    if found := PROMOTION.fullmatch(event.subject):
        return f"/promotions/{found['number']}"
    if promotion := event.details.get("promotion"):
        return f"/promotions/{promotion}"
    if app and (found := re.fullmatch(r"(\S+) (\d+)", event.subject)):
        return _build_page(app, found[1], found[2])
    return ""
