"""Rotate the master key: everything sealed is rewrapped, also what was sealed before there were envelopes."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.accounts import account_place
from seed.apps.add import webhook_place
from seed.apps.records import Account, App
from seed.connections.connect import forge_place
from seed.connections.records import ForgeConnection
from seed.db.rotate import rotate_keys
from seed.people.actor import Actor
from seed.work.world import World


def rotate(world: World, actor: Actor) -> int:
    """How many values have the new key."""
    return rotate_keys(world.database, world.vault, actor, lambda session: _seal_anew(world, session))


def _seal_anew(world: World, session: Session) -> None:
    vault = world.vault

    def anew(sealed: bytes, place: str) -> bytes:
        return sealed if vault.is_envelope(sealed) else vault.seal(vault.open(sealed, place), place)

    for account in session.scalars(sa.select(Account).where(Account.sealed_secret.is_not(None))):
        account.sealed_secret = anew(account.sealed_secret or b"", account_place(account.name))
    for app in session.scalars(sa.select(App)):
        app.sealed_webhook_secret = anew(app.sealed_webhook_secret, webhook_place(app.slug))
    query = sa.select(ForgeConnection, App.slug).join(App, App.id == ForgeConnection.app_id)
    for row in session.execute(query).all():
        row[0].sealed_secret = anew(row[0].sealed_secret, forge_place(row[1]))
