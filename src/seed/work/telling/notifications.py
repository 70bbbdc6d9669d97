"""Tell who wants to know: put into the outbox what the rows say has happened, send what is due, try again later."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import selectinload

from seed.apps.records import Stage
from seed.db.base import now, ring
from seed.errors import SeedError
from seed.notify import outbox, smtp
from seed.notify.errors import NotTold, NotWanted
from seed.notify.facts import from_json
from seed.notify.happened import happened, still_true
from seed.notify.mail import email_of
from seed.notify.mail_server import opened_server
from seed.notify.post import post
from seed.notify.records import MailServer, Notification, NotificationDelivery
from seed.notify.slack import slack_body
from seed.notify.targets import TOPIC, opened
from seed.notify.webhook import ID, SIGNATURE, encoded, signed, webhook_body
from seed.work.hearing.forge_events import wait_after
from seed.work.rows import told
from seed.work.secrets import masker
from seed.work.world import World

TICK_SECONDS = 3.0
OVERLAP = timedelta(minutes=1)
"""What was written down a moment before a look may only have been there after it."""
REMEMBER = timedelta(minutes=5)
GIVE_UP = timedelta(days=1)
AT_ONCE, SIDE_BY_SIDE = 200, 4
log = structlog.get_logger(__name__)
Deliver = Callable[[World, NotificationDelivery], str]
Clock = Callable[[], datetime]


def run(world: World) -> None:
    """Until the server stops."""
    while not world.stopping.is_set():
        topics = (TOPIC, *_topics(world))
        seen = world.bell.count(topics)
        try:
            put_out(world)
            send_due(world)
        except Exception:
            log.exception("notifications could not be sent")
        world.stopping.wait(1.0)  # several changes at once are one look
        world.bell.wait(topics, seen, TICK_SECONDS)


def put_out(world: World, clock: Clock = now) -> int:
    """What the outbox does not hold yet; how many messages that were."""
    at, count = clock(), 0
    with world.database.read() as session:
        options = selectinload(Notification.stage).selectinload(Stage.app)
        by_stage: dict[int, list[Notification]] = defaultdict(list)
        for row in session.scalars(sa.select(Notification).options(options)):
            by_stage[row.stage_id].append(row)
        new = []
        for rows in by_stage.values():
            since = min(row.told_until for row in rows) - OVERLAP
            events = happened(session, rows[0].stage, since, at, world.settings.url)
            new += [(row, outbox.untold(session, row, events)) for row in rows]
    late = [row for row, events in new if events or at - row.told_until > REMEMBER]
    if not late:
        return 0
    masked = masker(world)
    with world.database.write() as session:
        for row, events in new:
            here = session.get(Notification, row.id) if row in late else None
            if here is not None:
                outbox.put(session, here, events, masked, at)
                here.told_until = at
                count += len(events)
    return count


def send_due(world: World, clock: Clock = now, deliver: Deliver | None = None) -> int:
    """Notifications side by side, the messages of one in order; how many were tried."""
    at = clock()
    query = (
        sa.select(NotificationDelivery)
        .join(Notification)
        .where(NotificationDelivery.state == "waiting", NotificationDelivery.due_at <= at)
        .where(sa.or_(Notification.paused_until.is_(None), Notification.paused_until <= at))
        .options(selectinload(NotificationDelivery.notification).selectinload(Notification.stage))
        .order_by(NotificationDelivery.id)
        .limit(AT_ONCE)
    )
    due: dict[int, list[NotificationDelivery]] = defaultdict(list)
    with world.database.read() as session:
        for row in session.scalars(query):
            due[row.notification_id].append(row)
    if not due:
        return 0
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return sum(pool.map(lambda rows: _send_all(world, rows, clock, deliver or deliver_now), due.values()))


def deliver_now(world: World, row: NotificationDelivery) -> str:
    """Over the wire; what was answered."""
    fact, to, private = from_json(row.fact), row.notification, world.settings.private
    if to.kind == "email":
        with world.database.read() as session:
            server = session.scalar(sa.select(MailServer))
        if server is None:
            raise NotTold("There is no mail server any more.", hint="seed mail set")
        recipients = to.target.split(", ")
        message = email_of(fact, server.sender, recipients, row.uid)
        return smtp.send(opened_server(server, world.vault), message, recipients, private)
    url, key = opened(to, to.stage.app_id, world.vault)
    if to.kind == "slack":
        return post(url, json.dumps(slack_body(fact, to.channel)).encode(), {}, private, now)
    body = encoded(webhook_body(fact))
    signature = {SIGNATURE: signed(body, key)} if key else {}
    return post(url, body, {ID: row.uid, **signature}, private, now)


def _send_all(world: World, rows: list[NotificationDelivery], clock: Clock, deliver: Deliver) -> int:
    """Until one says that the other side is away or wants to be left alone."""
    for number, row in enumerate(rows, 1):
        if world.stopping.is_set() or not _send(world, row, clock, deliver):
            return number
    return len(rows)


def _send(world: World, row: NotificationDelivery, clock: Clock, deliver: Deliver) -> bool:
    """Whether the next one may be sent."""
    with world.database.read() as session:
        over = still_true(session, from_json(row.fact))
    if over:
        _end(world, row, "dropped", over, clock())
        return True
    try:
        answer = deliver(world, row)
    except Exception as error:  # noqa: BLE001, told by the row
        said = told(error, delivery=row.id)
        known = isinstance(said, NotTold) or not isinstance(error, SeedError)
        if known and clock() - row.at < GIVE_UP:
            _later(world, row, said, clock())
            return False
        _end(world, row, "failed", _text(world, said), clock())
        return isinstance(said, NotWanted)
    _end(world, row, "sent", masker(world)(answer), clock())
    return True


def _later(world: World, row: NotificationDelivery, error: SeedError, at: datetime) -> None:
    """The whole notification rests for a while: the other side is away for all its messages."""
    with world.database.write() as session:
        delivery, to = session.get(NotificationDelivery, row.id), session.get(Notification, row.notification_id)
        if delivery is None or to is None:
            return
        to.failures += 1
        until = error.until if isinstance(error, NotTold) and error.until else at + wait_after(to.failures)
        delivery.attempts, delivery.answer, delivery.due_at = delivery.attempts + 1, _text(world, error), until
        to.paused_until, to.problem = until, delivery.answer
        ring(session, f"app:{row.notification.stage.app_id}")


def _end(world: World, row: NotificationDelivery, state: str, answer: str, at: datetime) -> None:
    with world.database.write() as session:
        delivery, to = session.get(NotificationDelivery, row.id), session.get(Notification, row.notification_id)
        if delivery is None or to is None:
            return
        delivery.state, delivery.answer = state, answer
        if state == "dropped":
            return
        delivery.attempts += 1
        delivery.sent_at = at if state == "sent" else None
        to.paused_until, to.failures = None, 0
        to.problem = answer if state == "failed" else ""
        ring(session, f"app:{row.notification.stage.app_id}")


def _text(world: World, error: SeedError) -> str:
    return masker(world)(f"{error.sentence.rstrip('.')}. {error.hint}".strip())


def _topics(world: World) -> list[str]:
    with world.database.read() as session:
        apps = sa.select(Stage.app_id).join(Notification, Notification.stage_id == Stage.id).distinct()
        return [f"app:{one}" for one in session.scalars(apps)]
