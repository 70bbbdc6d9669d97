"""Add an app: read its repository, find its services, give it the stages dev and prod."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.login import seal_login
from seed.apps.records import DEVELOPMENT, PRODUCTION, Account, App, Service, Stage
from seed.audit.record import record
from seed.db.base import ring
from seed.db.vault import Vault
from seed.errors import Conflict, Invalid
from seed.frameworks.assembly import FoundService
from seed.people.actor import Actor

LONGEST_NAME = 60
RESERVED = "new"
"""The page that adds an app has this name."""


@dataclass(frozen=True, slots=True)
class NewApp:
    """What reading the repository found, and what the person wants."""

    repository: str
    branch: str
    services: Sequence[FoundService]
    name: str = ""
    poll_seconds: int = 0


class AppExists(Conflict):
    """An app of this name is there already."""

    code = "app-exists"


def add_app(session: Session, actor: Actor, new: NewApp, *, dev: Account, prod: Account, vault: Vault) -> App:
    actor.must("admin")
    name = new.name.strip() or repository_name(new.repository)
    slug = slugged(name)
    if session.scalar(sa.select(App.id).where(App.slug == slug)):
        raise AppExists(f"There is an app {slug!r} already.", hint="Give this one another name: --name")
    if new.poll_seconds < 0:
        raise Invalid("The polling interval cannot be negative.", where="poll_seconds")
    app = App(
        slug=slug,
        name=name,
        repository=new.repository,
        branch=new.branch,
        poll_seconds=new.poll_seconds,
        sealed_webhook_secret=vault.seal(secrets.token_hex(32), webhook_place(slug)),
    )
    seal_login(app, vault)
    session.add(app)
    session.flush()
    for found in new.services:
        session.add(service_from(app.id, found))
    session.add_all(
        [
            Stage(app_id=app.id, account_id=dev.id, name="dev", kind=DEVELOPMENT, branch=new.branch,
                  auto_deploy=True, position=1),
            Stage(app_id=app.id, account_id=prod.id, name="prod", kind=PRODUCTION, position=100),
        ]
    )  # fmt: skip
    session.flush()
    record(session, actor.name, "app.added", slug, app_id=app.id, services=[s.name for s in new.services])
    ring(session, "apps")
    return app


def service_from(app_id: int, found: FoundService) -> Service:
    return Service(app_id=app_id, name=found.name, path=found.path, config=found.config, framework=found.framework)


def webhook_place(slug: str) -> str:
    """Where an app's webhook secret lives: bound into its seal."""
    return f"app/{slug}/webhook"


def repository_name(url: str) -> str:
    return re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")


def slugged(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME]
    if not slug or slug == RESERVED:
        raise Invalid(f"{name!r} cannot name an app.", where="name")
    return slug
