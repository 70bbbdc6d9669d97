"""The outbox: each event once for each notification; sent again when a person asks for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.audit.record import record
from seed.db.base import now, ring
from seed.errors import NotFound
from seed.masking import Masker
from seed.notify.facts import TEST, Fact, to_json, wanted
from seed.notify.happened import Happened, base
from seed.notify.records import Notification, NotificationDelivery
from seed.notify.targets import TOPIC, notification_of
from seed.people.actor import Actor

KEEP_DAYS = 30
MOST_SHOWN = 500


def untold(session: Session, row: Notification, events: Iterable[Happened]) -> list[Happened]:
    """What happened since the notification is there, is wanted, and is not in the outbox."""
    also_promoted = "promoted" in row.events.split(",")
    due = [
        one
        for one in events
        if one.at >= row.created_at and wanted(one.fact.event, row.events) and not (one.promoted and also_promoted)
    ]
    here = NotificationDelivery.notification_id == row.id
    among = NotificationDelivery.key.in_([one.key for one in due])
    known = set(session.scalars(sa.select(NotificationDelivery.key).where(here, among)))
    return [one for one in due if one.key not in known]


def put(session: Session, row: Notification, events: Iterable[Happened], masked: Masker, at: datetime) -> None:
    session.add_all(_delivery(row, one.key, one.fact, masked, at) for one in events)


def put_test(session: Session, actor: Actor, stage: Stage, number: int, url: str) -> NotificationDelivery:
    """A message that says nothing happened, to see whether it comes."""
    actor.must("admin")
    row = notification_of(session, actor, stage, number)
    fact = replace(base(stage, TEST, now(), url), summary=f"{actor.name} has asked for it.", person="")
    return _send_now(session, row, f"test {secrets.token_hex(8)}", fact)


def resend(session: Session, actor: Actor, stage: Stage, delivery_id: int) -> NotificationDelivery:
    """The same words once more, as an entry of its own."""
    actor.must("deploy")
    here = sa.and_(NotificationDelivery.id == delivery_id, Notification.stage_id == stage.id)
    found = session.scalar(sa.select(NotificationDelivery).join(Notification).where(here))
    if found is None:
        raise NotFound(f"{stage.name} has no delivery {delivery_id}.", hint="seed notification log shows them.")
    row = notification_of(session, actor, stage, found.notification_id)
    made = _send_now(session, row, f"again {secrets.token_hex(8)}", Fact(**found.fact))
    record(session, actor.name, "notification.resent", stage.name, app_id=stage.app_id, event=found.event,
           target=row.target)  # fmt: skip
    return made


def deliveries_of(session: Session, actor: Actor, stage: Stage, limit: int) -> list[NotificationDelivery]:
    """Newest first, of all the stage's notifications."""
    actor.must("read")
    query = (
        sa.select(NotificationDelivery)
        .join(Notification)
        .where(Notification.stage_id == stage.id)
        .options(sa.orm.selectinload(NotificationDelivery.notification))
        .order_by(NotificationDelivery.id.desc())
    )
    return list(session.scalars(query.limit(max(1, min(limit, MOST_SHOWN)))))


def forget(session: Session, at: datetime) -> None:
    """The log of a month; events are looked for in the last minutes only, so none is told again."""
    old = sa.and_(NotificationDelivery.at < at - timedelta(days=KEEP_DAYS), NotificationDelivery.state != "waiting")
    session.execute(sa.delete(NotificationDelivery).where(old))


def _send_now(session: Session, row: Notification, key: str, fact: Fact) -> NotificationDelivery:
    made = _delivery(row, key, fact, Masker(), now())
    session.add(made)
    row.paused_until = None
    session.flush()
    ring(session, TOPIC, f"app:{fact.app_id}")
    return made


def _delivery(row: Notification, key: str, fact: Fact, masked: Masker, at: datetime) -> NotificationDelivery:
    hidden = replace(fact, summary=masked(fact.summary), subject=masked(fact.subject))
    return NotificationDelivery(
        notification_id=row.id, key=key, uid=secrets.token_hex(16), event=fact.event, fact=to_json(hidden), at=at,
        due_at=at,
    )  # fmt: skip
