"""Edit an app: how often its repository is looked at."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.records import App
from seed.audit.record import record
from seed.db.base import ring
from seed.errors import Invalid
from seed.people.actor import Actor

MOST_SECONDS = 86_400


def set_poll_seconds(session: Session, actor: Actor, app: App, seconds: int) -> None:
    """0 never looks: a webhook or a hook tells of new commits, or nobody."""
    actor.must("admin")
    if not 0 <= seconds <= MOST_SECONDS:
        raise Invalid(f"A repository is looked at every 0 to {MOST_SECONDS} seconds.", where="poll_seconds")
    session.get_one(App, app.id).poll_seconds = seconds
    record(session, actor.name, "app.poll_seconds", app.slug, app_id=app.id, seconds=seconds)
    ring(session, f"app:{app.id}")
