"""A forge's webhook: its signature, its body, its rows. Nothing is worked within the request."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from seed.apps.add import webhook_place
from seed.apps.records import App
from seed.connections.hear import hear
from seed.db.base import now
from seed.forges.signatures import verify
from seed.forges.webhooks import Forge, Webhook, read
from seed.work.errors import WrongSignature
from seed.work.world import World


def hear_webhook(
    world: World, slug: str, forge: Forge, headers: Mapping[str, str], body: bytes
) -> tuple[Webhook, list[str] | None]:
    """The webhook and the kinds of events kept of it; None where this delivery was heard before."""
    with world.database.read() as session:
        app = session.scalar(sa.select(App).where(App.slug == slug))
    # An unknown app answers as a wrong signature does, so that names cannot be tried out.
    secret = world.vault.open(app.sealed_webhook_secret, webhook_place(slug)) if app else ""
    if app is None or not verify(forge, secret, headers, body, now()):
        raise WrongSignature(
            "The signature does not fit.", hint="Give the forge this app's webhook secret: seed forge hooks APP"
        )
    webhook = read(forge, headers, body)
    with world.database.write() as session:
        rows = hear(session, app, forge, webhook)
        return webhook, None if rows is None else [row.kind for row in rows]
