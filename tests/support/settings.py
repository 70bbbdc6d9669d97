"""What people set beside builds: variables, a connected forge, notifications with their log, a badge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.change_sets import HOSTILE
from tests.support.seeded import Seeded

from seed.apps.records import App, Stage
from seed.connections.connect import Asked as AskedForge
from seed.connections.connect import connect_forge
from seed.connections.records import ForgeMessage, HeardEvent
from seed.db.base import now
from seed.notify.badge import set_badge
from seed.notify.facts import to_json
from seed.notify.happened import base
from seed.notify.mail_server import AskedServer, set_mail_server
from seed.notify.records import NotificationDelivery
from seed.notify.targets import Asked, add_notification
from seed.people.actor import SEED
from seed.variables.change import set_variable

LONG = "a-very-long-name-that-goes-on-without-any-place-to-break-it-" * 3
NONE: frozenset[str] = frozenset()


def settle(made: Seeded) -> None:
    made.write(lambda session: _settle(session, made))


def _settle(session: Session, made: Seeded) -> None:
    app = session.scalars(sa.select(App)).one()
    dev = session.scalars(sa.select(Stage).where(Stage.name == "dev")).one()
    vault = made.world.vault
    for name, value, kind in (("LOG_LEVEL", "debug", "plain"), ("API_KEY", "not to be seen", "secret"),
                              ("DB_URL", "/shop/dev/db", "ssm"), ("GREETING", HOSTILE, "plain"), ("LONG", LONG, "plain")):  # fmt: skip
        set_variable(session, vault, SEED, app, name, value, kind=kind, stage=None if kind == "plain" else dev)
    connect_forge(session, SEED, app, AskedForge("github", "mike/shop", secret="ghp_x"), vault, NONE)
    session.add(ForgeMessage(app_id=app.id, target=f"status {LONG}", kind="status", build_id=1, body={}, state="failed",
                             problem="The forge answered 404 to POST /repos/mike/shop/statuses."))  # fmt: skip
    session.add(HeardEvent(app_id=app.id, forge="github", delivery="d", kind="push", subject=f"branch {LONG}", body={},
                           state="done", outcome="Asked for build 3 of dev."))  # fmt: skip
    set_mail_server(session, SEED, vault, AskedServer("smtp.example.com", "seed@example.com"), NONE)
    slack = add_notification(
        session, SEED, vault, dev, Asked("slack", url="https://hooks.example.com/x", channel="#ops"), NONE
    )
    slack.problem, slack.paused_until = "The address does not answer in time.", now() + timedelta(minutes=2)
    mail = add_notification(
        session,
        SEED,
        vault,
        dev,
        Asked("email", ("failed", "review"), recipients=f"{'long' * 14}@example.com, bob@example.com"),
        NONE,
    )
    hook = add_notification(
        session, SEED, vault, dev, Asked("webhook", url="https://x.example.com", key="k" * 20), NONE
    )
    fact = replace(base(dev, "failed", now(), "http://127.0.0.1"), build=3, summary="It broke.")
    for row, state, answer in ((slack, "waiting", "The address does not answer in time."), (mail, "sent", "Accepted"),
                               (hook, "failed", f"HTTP 404: {LONG}"), (hook, "dropped", "It does not wait any more: rejected.")):  # fmt: skip
        session.add(NotificationDelivery(notification_id=row.id, key=f"{state}", uid="u", event="failed", attempts=2,
                                         fact=to_json(fact), state=state, answer=answer))  # fmt: skip
    set_badge(session, SEED, dev, on=True)
