"""Every secret that Seed stores: no review shows one, wherever in a template it is written."""

from __future__ import annotations

import sqlalchemy as sa

from seed.apps.accounts import settings_of
from seed.apps.add import webhook_place
from seed.apps.records import Account, App
from seed.connections.connect import forge_place
from seed.connections.records import ForgeConnection
from seed.db.vault import SecretNotReadable
from seed.work.world import World


def stored_secrets(world: World) -> frozenset[str]:
    """Opened for as long as a comparison takes. One that does not open cannot be looked for."""
    with world.database.read() as session:
        accounts = session.scalars(sa.select(Account).where(Account.sealed_secret.is_not(None))).all()
        apps = session.scalars(sa.select(App)).all()
        query = sa.select(ForgeConnection.sealed_secret, App.slug).join(App, App.id == ForgeConnection.app_id)
        forges = [(row[0], forge_place(row[1])) for row in session.execute(query)]
    found = set()
    for account in accounts:
        try:
            found.add(settings_of(account, world.vault).secret_access_key)
        except SecretNotReadable:
            continue
    for sealed, place in [*((app.sealed_webhook_secret, webhook_place(app.slug)) for app in apps), *forges]:
        try:
            found.add(world.vault.open(sealed, place))
        except SecretNotReadable:
            continue
    return frozenset(found) - {""}
