"""Every secret that Seed stores: no review shows one, wherever in a template it is written."""

from __future__ import annotations

import sqlalchemy as sa

from seed.apps.accounts import settings_of
from seed.apps.add import webhook_place
from seed.apps.records import Account, App
from seed.db.vault import SecretNotReadable
from seed.work.world import World


def stored_secrets(world: World) -> frozenset[str]:
    """Opened for as long as a comparison takes. One that does not open cannot be looked for."""
    with world.database.read() as session:
        accounts = session.scalars(sa.select(Account).where(Account.sealed_secret.is_not(None))).all()
        apps = session.scalars(sa.select(App)).all()
    found = set()
    for account in accounts:
        try:
            found.add(settings_of(account, world.vault).secret_access_key)
        except SecretNotReadable:
            continue
    for app in apps:
        try:
            found.add(world.vault.open(app.sealed_webhook_secret, webhook_place(app.slug)))
        except SecretNotReadable:
            continue
    return frozenset(found) - {""}
