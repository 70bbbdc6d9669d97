"""The outbox: put in what the rows say, send what is due, and wait out whatever the forge's day brings."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from seed.apps.add import webhook_place
from seed.apps.find import app_of
from seed.apps.records import App
from seed.builds.records import Build
from seed.connections import tell
from seed.connections.connect import access_of, connection_of
from seed.connections.hear import TOPIC
from seed.connections.records import ForgeConnection, ForgeMessage
from seed.db.base import ring
from seed.errors import SeedError
from seed.forges.errors import ForgeBusy, ForgeNotReached, ForgeRefused
from seed.forges.messages import Comment, Deployment, Status, from_json
from seed.forges.port import ForgeApi
from seed.people.actor import Actor
from seed.work.hearing.forge_events import wait_after
from seed.work.rows import told
from seed.work.secrets import masker
from seed.work.world import World

TICK_SECONDS = 2.0
AT_ONCE = 100
APPS_AT_ONCE = 4
TRIES = 150
"""With ten minutes between them: about a day."""
PAUSE = timedelta(seconds=30)
ABOUT_ACCESS = frozenset({401, 403, 404})
log = structlog.get_logger(__name__)


def run(world: World) -> None:
    """Until the server stops."""
    while not world.stopping.is_set():
        connected = _connected(world)
        topics = (TOPIC, *(f"app:{connection.app_id}" for connection, _ in connected))
        seen = world.bell.count(topics)
        try:
            for connection, app in connected:
                put_out(world, connection, app)
            send_due(world)
        except Exception:
            log.exception("the forges could not be told")
        world.stopping.wait(1.0)  # several changes at once are one message
        world.bell.wait(topics, seen, TICK_SECONDS)


def put_out(world: World, connection: ForgeConnection, app: App) -> int:
    """What the outbox did not hold yet; how many messages that were."""
    at = world.clock()
    with world.database.read() as session:
        builds = tell.moved(session, connection)
        found = _render(world, session, connection, app, builds) if builds else []
        new = tell.differs(session, app.id, found)
    if not new and at - connection.told_until < tell.REMEMBER:
        return 0
    with world.database.write() as session:
        row = session.get(ForgeConnection, connection.id)
        if row is None:
            return 0
        for one in new:
            if tell.still_speaks(session, one):
                tell.put(session, app.id, one, at)
        row.told_until = at
    return len(new)


def send_due(world: World) -> int:
    """Apps side by side, the messages of one in order; how many were tried."""
    due = _due(world)
    with ThreadPoolExecutor(APPS_AT_ONCE) as pool:
        return sum(pool.map(lambda rows: _send_all(world, rows), due.values()))


def check_connection(world: World, actor: Actor, slug: str) -> tuple[str, str]:
    """Ask the forge for the repository: its name there, or "" and what is wrong. Remembered."""
    actor.must("admin")
    with world.database.read() as session:
        app = app_of(session, actor, slug)
        connection = connection_of(session, actor, app)
    try:
        name, problem = world.forge(access_of(connection, app, world.vault)).check(), ""
    except SeedError as error:
        name, problem = "", str(error)
    with world.database.write() as session:
        row = session.get(ForgeConnection, connection.id)
        if row is not None:
            row.problem = problem
    return name, problem


def _connected(world: World) -> list[tuple[ForgeConnection, App]]:
    with world.database.read() as session:
        query = sa.select(ForgeConnection, App).join(App, App.id == ForgeConnection.app_id)
        return [(row[0], row[1]) for row in session.execute(query)]


def _render(
    world: World, session: Session, connection: ForgeConnection, app: App, builds: list[Build]
) -> list[tell.Told]:
    def link(build: Build) -> str:
        stage = quote(build.stage.name, safe="")
        return f"{world.settings.url}/apps/{app.slug}/{stage}/builds/{build.number}"

    secret = world.vault.open(app.sealed_webhook_secret, webhook_place(app.slug))
    return tell.render(session, connection, app, builds, link=link, secret=secret, masked=masker(world))


def _due(world: World) -> dict[int, list[tuple[ForgeMessage, ForgeConnection, App]]]:
    at = world.clock()
    behind = tell.behind_an_older_deployment(at)
    query = (
        sa.select(ForgeMessage, ForgeConnection, App)
        .join(ForgeConnection, ForgeConnection.app_id == ForgeMessage.app_id)
        .join(App, App.id == ForgeMessage.app_id)
        .where(
            ForgeMessage.state == "waiting",
            ForgeMessage.due_at <= at,
            ~behind,
            sa.or_(ForgeConnection.paused_until.is_(None), ForgeConnection.paused_until <= at),
        )
        .order_by(ForgeMessage.id)
        .limit(AT_ONCE)
    )
    due: dict[int, list[tuple[ForgeMessage, ForgeConnection, App]]] = defaultdict(list)
    with world.database.read() as session:
        for row in session.execute(query):
            due[row[2].id].append((row[0], row[1], row[2]))
    return due


def _send_all(world: World, rows: list[tuple[ForgeMessage, ForgeConnection, App]]) -> int:
    """Until one says that the forge is away or wants to be left alone."""
    for number, (message, connection, app) in enumerate(rows, 1):
        if world.stopping.is_set() or not _send(world, message, connection, app):
            return number
    return len(rows)


def _send(world: World, message: ForgeMessage, connection: ForgeConnection, app: App) -> bool:
    """Whether the next one may be sent."""
    try:
        api = world.forge(access_of(connection, app, world.vault))
        remote_id = _say(api, message)
    except ForgeBusy as busy:
        _later(world, message, busy.until, busy, counts=False)
        return False
    except ForgeRefused as refused:
        _over(world, message, refused, about_access=refused.answered in ABOUT_ACCESS)
        return True
    except Exception as error:  # noqa: BLE001, told by the row
        said = told(error, forge_message=message.id)
        passes = isinstance(error, ForgeNotReached) or not isinstance(error, SeedError)
        if passes and message.attempts + 1 < TRIES:
            _later(world, message, world.clock() + wait_after(message.attempts + 1), said, counts=True)
        else:
            _over(world, message, said, about_access=not passes)
        return False
    _sent(world, message, remote_id)
    return True


def _say(api: ForgeApi, row: ForgeMessage) -> str:
    message = from_json(row.kind, row.body)
    if isinstance(message, Status):
        api.status(message)
        return ""
    if isinstance(message, Deployment):
        return api.deployment(message, row.remote_id)
    assert isinstance(message, Comment)  # noqa: S101, there is no other
    return api.comment(message, row.remote_id)


def _sent(world: World, message: ForgeMessage, remote_id: str) -> None:
    with world.database.write() as session:
        row = session.get(ForgeMessage, message.id)
        if row is None:
            return
        row.remote_id, row.sent_at, row.attempts, row.problem = remote_id, world.clock(), 0, ""
        if row.version == message.version:
            row.state = "sent"
        connection = session.scalar(sa.select(ForgeConnection).where(ForgeConnection.app_id == row.app_id))
        if connection is not None and (connection.problem or connection.paused_until):
            connection.problem, connection.paused_until = "", None
            ring(session, f"app:{row.app_id}")


def _later(world: World, message: ForgeMessage, until: datetime, error: SeedError, *, counts: bool) -> None:
    """The whole connection rests for a while: the forge is away for all its messages."""
    with world.database.write() as session:
        row = session.get(ForgeMessage, message.id)
        if row is None:
            return
        row.attempts += counts
        row.due_at, row.problem = until, str(error)
        rest = min(until, world.clock() + PAUSE) if counts else until
        session.execute(
            sa.update(ForgeConnection).where(ForgeConnection.app_id == row.app_id).values(paused_until=rest)
        )


def _over(world: World, message: ForgeMessage, error: SeedError, *, about_access: bool) -> None:
    """It is not tried again, until there is something newer to say."""
    with world.database.write() as session:
        row = session.get(ForgeMessage, message.id)
        if row is None:
            return
        row.attempts, row.problem = row.attempts + 1, str(error)
        if row.version == message.version:
            row.state = "failed"
        if about_access:
            values = {"problem": str(error)}
            session.execute(sa.update(ForgeConnection).where(ForgeConnection.app_id == row.app_id).values(**values))
            ring(session, f"app:{row.app_id}")
