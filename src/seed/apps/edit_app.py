"""Edit an app: how often its repository is looked at, and how many of its stages work at a time."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.apps.login import seal_login, shown_address
from seed.apps.records import App
from seed.audit.record import record
from seed.db.base import ring
from seed.db.vault import Vault
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


def set_stages_at_once(session: Session, actor: Actor, app: App, number: int, most: int) -> None:
    """0 is as many as the server allows one app, which are `most`."""
    actor.must("admin")
    if not 0 <= number <= most:
        raise Invalid(
            f"Of one app up to {most} stages work at a time; 0 is as many as that.",
            hint="The operator sets the most: SEED_STAGES_AT_ONCE_PER_APP.",
            where="stages_at_once",
        )
    session.get_one(App, app.id).stages_at_once = number
    record(session, actor.name, "app.stages_at_once", app.slug, app_id=app.id, number=number)
    ring(session, f"app:{app.id}")


def set_repository(session: Session, actor: Actor, app: App, address: str, vault: Vault) -> None:
    """With the login that it carries, sealed; without one the app has none any more."""
    actor.must("admin")
    row = session.get_one(App, app.id)
    row.repository, row.sealed_login = address, None
    seal_login(row, vault)
    record(session, actor.name, "app.repository", app.slug, app_id=app.id, address=shown_address(row))
    ring(session, f"app:{app.id}")
