"""Who is told of a stage's events; the log of it; the mail server; badges. No secret is ever answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from seed.api import shapes
from seed.api.deps import TheActor, TheWorld
from seed.apps.find import stage_of
from seed.errors import NotFound
from seed.notify import records
from seed.notify.badge import badge_link, badge_of, set_badge
from seed.notify.facts import from_json
from seed.notify.mail_server import AskedServer, mail_server, remove_mail_server, set_mail_server
from seed.notify.outbox import deliveries_of, put_test, resend
from seed.notify.targets import (
    Asked,
    add_notification,
    change_notification,
    notifications_of,
    remove_notification,
)

router = APIRouter(tags=["notifications"])
Id = Annotated[int, Path(ge=1, le=2**53)]
PLACE = "/apps/{slug}/stages/{stage}/notifications"
BADGE = "/apps/{slug}/stages/{stage}/badge"


@router.get(PLACE)
def list_notifications(world: TheWorld, actor: TheActor, slug: str, stage: str) -> list[shapes.Notification]:
    """Who is told of the stage's events."""
    with world.database.read() as session:
        return [_shown(row) for row in notifications_of(session, actor, stage_of(session, actor, slug, stage))]


@router.post(PLACE, status_code=201)
def add(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: shapes.NewNotification) -> shapes.Notification:
    """Of what happens from now on."""
    given = Asked(**{**asked.model_dump(), "events": tuple(asked.events)})
    with world.database.write() as session:
        found = stage_of(session, actor, slug, stage)
        return _shown(add_notification(session, actor, world.vault, found, given, world.settings.private))


@router.patch(f"{PLACE}/{{number}}")
def change(
    world: TheWorld, actor: TheActor, slug: str, stage: str, number: Id, asked: shapes.ChangeNotification
) -> shapes.Notification:
    """Its kind stays. Where its address changes, its key is asked for again."""
    given = Asked(kind="", **{**asked.model_dump(), "events": tuple(asked.events)})
    with world.database.write() as session:
        found = stage_of(session, actor, slug, stage)
        return _shown(change_notification(session, actor, world.vault, found, number, given, world.settings.private))


@router.delete(f"{PLACE}/{{number}}", status_code=204)
def remove(world: TheWorld, actor: TheActor, slug: str, stage: str, number: Id) -> None:
    """With its log; what waits is not told any more."""
    with world.database.write() as session:
        remove_notification(session, actor, stage_of(session, actor, slug, stage), number)


@router.post(f"{PLACE}/{{number}}/test", status_code=202)
def send_test(world: TheWorld, actor: TheActor, slug: str, stage: str, number: Id) -> shapes.NotificationDelivery:
    """A message that says nothing happened; the log shows whether it came."""
    with world.database.write() as session:
        found = stage_of(session, actor, slug, stage)
        return _told(put_test(session, actor, found, number, world.settings.url))


@router.get(f"{PLACE}/log")
def show_log(
    world: TheWorld, actor: TheActor, slug: str, stage: str, limit: int = 50
) -> list[shapes.NotificationDelivery]:
    """What was told or waits, newest first; kept for 30 days."""
    with world.database.read() as session:
        found = deliveries_of(session, actor, stage_of(session, actor, slug, stage), limit)
        return [_told(row) for row in found]


@router.post(f"{PLACE}/log/{{delivery}}/resend", status_code=202)
def send_again(world: TheWorld, actor: TheActor, slug: str, stage: str, delivery: Id) -> shapes.NotificationDelivery:
    """The same words once more, as an entry of its own."""
    with world.database.write() as session:
        return _told(resend(session, actor, stage_of(session, actor, slug, stage), delivery))


@router.get(BADGE)
def show_badge(world: TheWorld, actor: TheActor, slug: str, stage: str) -> shapes.Badge:
    """Where anybody sees the stage's badge."""
    with world.database.read() as session:
        row = badge_of(session, actor, stage_of(session, actor, slug, stage))
    return shapes.Badge(url=badge_link(world.settings.url, row))


@router.put(BADGE)
def switch_badge(world: TheWorld, actor: TheActor, slug: str, stage: str, asked: shapes.SetBadge) -> shapes.Badge:
    """Off forgets the address; on again, it is another one."""
    with world.database.write() as session:
        row = set_badge(session, actor, stage_of(session, actor, slug, stage), on=asked.on)
        return shapes.Badge(url=badge_link(world.settings.url, row))


@router.get("/mail")
def show_mail(world: TheWorld, actor: TheActor) -> shapes.MailServer:
    """The mail server, without its password."""
    with world.database.read() as session:
        row = mail_server(session, actor)
    if row is None:
        raise NotFound("There is no mail server yet.", hint="seed mail set --help")
    return shapes.MailServer.model_validate(row, from_attributes=True)


@router.put("/mail")
def set_mail(world: TheWorld, actor: TheActor, asked: shapes.NewMailServer) -> shapes.MailServer:
    """Every e-mail notification goes through it."""
    with world.database.write() as session:
        given = AskedServer(**asked.model_dump())
        row = set_mail_server(session, actor, world.vault, given, world.settings.private)
        return shapes.MailServer.model_validate(row, from_attributes=True)


@router.delete("/mail", status_code=204)
def remove_mail(world: TheWorld, actor: TheActor) -> None:
    """With its password."""
    with world.database.write() as session:
        remove_mail_server(session, actor)


def _shown(row: records.Notification) -> shapes.Notification:
    return shapes.Notification(
        id=row.id,
        kind=row.kind,
        events=row.events.split(","),
        target=row.target,
        channel=row.channel,
        signed=row.sealed_key is not None,
        problem=row.problem,
        paused_until=row.paused_until,
    )


def _told(row: records.NotificationDelivery) -> shapes.NotificationDelivery:
    to = row.notification
    return shapes.NotificationDelivery(
        id=row.id, notification=row.notification_id, kind=to.kind, target=to.target, event=row.event,
        title=from_json(row.fact).title, state=row.state, attempts=row.attempts, answer=row.answer, at=row.at,
        due_at=row.due_at, sent_at=row.sent_at,
    )  # fmt: skip
