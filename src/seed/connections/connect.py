"""Connect an app with its forge. The token or the key goes in and is never shown again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import App
from seed.audit.record import record
from seed.connections.hear import TOPIC
from seed.connections.records import ForgeConnection, ForgeMessage
from seed.db.base import now, ring
from seed.db.vault import Vault
from seed.errors import Invalid, NotFound
from seed.forges.connect import URLS, Access
from seed.forges.github.app import load_key
from seed.forges.http import check_url
from seed.forges.webhooks import FORGES, Forge
from seed.git import repository_path
from seed.people.actor import Actor

REPOSITORY = re.compile(r"[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+){1,20}")
LONGEST_SECRET = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person gives. "" of a secret keeps the one that is there, while everything it opens stays the same."""

    forge: Forge
    repository: str = ""
    """"" is that of the app's address."""
    api_url: str = ""
    github_app: str = ""
    secret: str = field(default="", repr=False)
    statuses: bool = True
    deployments: bool = True
    comments: bool = True


def connect_forge(
    session: Session, actor: Actor, app: App, asked: Asked, vault: Vault, private_hosts: frozenset[str]
) -> ForgeConnection:
    actor.must("admin")
    asked_url = asked.api_url.strip().rstrip("/")
    repository = asked.repository.strip() or repository_path(app.repository)
    known = session.scalar(sa.select(ForgeConnection).where(ForgeConnection.app_id == app.id))
    row = known or ForgeConnection(app_id=app.id)
    there = (row.forge, row.api_url, row.github_app) if known else None
    _check(asked, asked_url, repository, private_hosts)
    if asked.secret:
        row.sealed_secret = vault.seal(asked.secret.strip(), forge_place(app.slug))
    elif there != (asked.forge, asked_url, asked.github_app):
        # A stored token must not be sent to wherever somebody points next.
        raise Invalid("The token or key is missing.", hint="It is asked for again when anything it opens changes.",
                      where="secret")  # fmt: skip
    row.forge, row.api_url, row.repository, row.github_app = asked.forge, asked_url, repository, asked.github_app
    row.statuses, row.deployments, row.comments = asked.statuses, asked.deployments, asked.comments
    row.problem, row.paused_until, row.told_until = "", None, row.told_until if known else now()
    session.add(row)
    session.flush()
    record(session, actor.name, "forge.connected", app.slug, app_id=app.id, forge=asked.forge, repository=repository)
    ring(session, TOPIC, f"app:{app.id}")
    return row


def disconnect_forge(session: Session, actor: Actor, app: App) -> None:
    """The secret is deleted, and what was still to be told is not told."""
    actor.must("admin")
    row = connection_of(session, actor, app)
    session.execute(sa.delete(ForgeMessage).where(ForgeMessage.app_id == app.id))
    session.delete(row)
    record(session, actor.name, "forge.disconnected", app.slug, app_id=app.id)
    ring(session, f"app:{app.id}")


def connection_of(session: Session, actor: Actor, app: App) -> ForgeConnection:
    actor.must("read")
    row = session.scalar(sa.select(ForgeConnection).where(ForgeConnection.app_id == app.id))
    if row is None:
        raise NotFound(f"{app.slug} is not connected with a forge.", hint=f"seed forge connect {app.slug} --help")
    return row


def access_of(row: ForgeConnection, app: App, vault: Vault) -> Access:
    forge = next(name for name in FORGES if name == row.forge)
    return Access(
        forge, row.api_url, row.repository, vault.open(row.sealed_secret, forge_place(app.slug)), row.github_app
    )


def forge_place(slug: str) -> str:
    """Where the token or key lives: bound into its seal."""
    return f"app/{slug}/forge"


def _check(asked: Asked, url: str, repository: str, private_hosts: frozenset[str]) -> None:
    if len(repository) > 300 or not REPOSITORY.fullmatch(repository) or ".." in repository:  # noqa: PLR2004, long enough
        raise Invalid(f"{repository[:80]!r} is no repository of a forge.", hint="owner/name", where="repository")
    check_url(url or URLS[asked.forge], private_hosts)
    if len(asked.secret) > LONGEST_SECRET or not asked.secret.replace("\n", "").replace("\r", "").isprintable():
        raise Invalid("This is no token and no key.", where="secret")
    if asked.github_app:
        if asked.forge != "github" or not re.fullmatch(r"[A-Za-z0-9.]{1,40}", asked.github_app):
            raise Invalid("This is no GitHub App's id.", hint="A number, or a client id.", where="github_app")
        if asked.secret:
            load_key(asked.secret)
    elif "\n" in asked.secret.strip():
        raise Invalid("This is no token.", hint="For a private key, give the GitHub App's id too.", where="secret")
