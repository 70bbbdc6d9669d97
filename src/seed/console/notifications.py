"""Who is told of a stage's events, what became of each message, and the stage's badge."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from seed.apps.find import stage_of
from seed.apps.records import Stage
from seed.console.deps import TheActor, TheWorld, known_id
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.notify.badge import badge_link, badge_of, set_badge
from seed.notify.facts import EVENTS, from_json
from seed.notify.mail_server import mail_server
from seed.notify.outbox import deliveries_of, put_test, resend
from seed.notify.targets import Asked, add_notification, change_notification, notifications_of, remove_notification
from seed.people.actor import Actor
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
Names = Annotated[list[str] | None, Form()]
PAGE = "/apps/{slug}/settings/stages/{stage}/notifications"
SHOWN = 50


@router.get(PAGE)
def show(request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str) -> Response:
    return _page(request, world, actor, slug, stage)


@router.post(PAGE)
def add(
    request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str, kind: Text = "", url: Text = "",
    key: Text = "", channel: Text = "", recipients: Text = "", event: Names = None,
) -> Response:  # fmt: skip
    """What was typed stays after a mistake, but for address and key."""
    given = {"kind": kind, "channel": channel, "recipients": recipients, "events": event or []}
    try:
        asked = Asked(kind, _chosen(event), url.strip(), key or None, channel.strip(), recipients)
        with world.database.write() as session:
            found = stage_of(session, actor, slug, stage)
            add_notification(session, actor, world.vault, found, asked, world.settings.private)
    except SeedError as error:
        return _page(request, world, actor, slug, stage, error=error, given=given)
    return _back(slug, stage)


@router.post(f"{PAGE}/{{number}}")
def change(
    request: Request, world: TheWorld, actor: TheActor, slug: str, stage: str, number: int, url: Text = "",
    key: Text = "", unsigned: Text = "", channel: Text = "", recipients: Text = "", event: Names = None,
) -> Response:  # fmt: skip
    signed_with = "" if unsigned else key or None
    try:
        asked = Asked("", _chosen(event), url.strip(), signed_with, channel.strip(), recipients)
        with world.database.write() as session:
            found = stage_of(session, actor, slug, stage)
            change_notification(session, actor, world.vault, found, known_id(number), asked, world.settings.private)
    except SeedError as error:
        return _page(request, world, actor, slug, stage, error=error)
    return _back(slug, stage)


@router.post(f"{PAGE}/{{number}}/remove")
def remove(world: TheWorld, actor: TheActor, slug: str, stage: str, number: int) -> Response:
    with world.database.write() as session:
        remove_notification(session, actor, stage_of(session, actor, slug, stage), known_id(number))
    return _back(slug, stage)


@router.post(f"{PAGE}/{{number}}/test")
def send_test(world: TheWorld, actor: TheActor, slug: str, stage: str, number: int) -> Response:
    with world.database.write() as session:
        put_test(session, actor, stage_of(session, actor, slug, stage), known_id(number), world.settings.url)
    return _back(slug, stage, "log")


@router.post(f"{PAGE}/log/{{delivery}}")
def send_again(world: TheWorld, actor: TheActor, slug: str, stage: str, delivery: int) -> Response:
    with world.database.write() as session:
        resend(session, actor, stage_of(session, actor, slug, stage), known_id(delivery))
    return _back(slug, stage, "log")


@router.post("/apps/{slug}/settings/stages/{stage}/badge")
def switch_badge(world: TheWorld, actor: TheActor, slug: str, stage: str, on: Text = "") -> Response:
    with world.database.write() as session:
        set_badge(session, actor, stage_of(session, actor, slug, stage), on=bool(on))
    return _back(slug, stage, "badge")


def _chosen(event: list[str] | None) -> tuple[str, ...]:
    if not event:
        raise Invalid("Choose at least one event.", where="event")
    return tuple(event)


def _back(slug: str, stage: str, part: str = "") -> Response:
    place = PAGE.format(slug=slug, stage=stage)
    return RedirectResponse(f"{place}#{part}" if part else place, HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, slug: str, stage: str, *,
    error: SeedError | None = None, given: Mapping[str, object] | None = None,
) -> Response:  # fmt: skip
    with world.database.read() as session:
        found = stage_of(session, actor, slug, stage)
        return render(
            request,
            "notifications.html",
            status=error.status if error else 200,
            app=found.app,
            stage=found,
            notifications=notifications_of(session, actor, found),
            told=_told(session, actor, found),
            events=EVENTS,
            mail=mail_server(session, actor),
            badge=badge_link("", badge_of(session, actor, found)),
            url=world.settings.url,
            error=error,
            given=given or {"kind": "slack", "channel": "", "recipients": "", "events": list(EVENTS)},
            adding=given is not None,
        )


def _told(session: Session, actor: Actor, stage: Stage) -> list[tuple[object, str]]:
    return [(row, from_json(row.fact).title) for row in deliveries_of(session, actor, stage, SHOWN)]
