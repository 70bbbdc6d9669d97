"""Every secret that Seed stores: no review, log or page shows one, however it is written."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.accounts import settings_of
from seed.apps.add import webhook_place
from seed.apps.login import login_of
from seed.apps.records import Account, App, Stage
from seed.aws.port import Cloud
from seed.changesets.values import Hidden
from seed.connections.connect import forge_place
from seed.connections.records import ForgeConnection
from seed.db.vault import SecretNotReadable
from seed.git import user_and_password
from seed.masking import Masker
from seed.notify.mail_server import PLACE as MAIL_PLACE
from seed.notify.records import MailServer, Notification
from seed.notify.targets import notification_place
from seed.variables.change import seal_place
from seed.variables.records import SECRET, VariableVersion
from seed.work.world import World

CREDENTIALS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SHORTEST_CREDENTIAL = 16
"""The local AWS takes any; its words are no secrets."""


def raw_secrets(world: World) -> frozenset[str]:
    """Opened for as long as they are needed. One that does not open cannot be looked for."""
    with world.database.read() as session:
        accounts = session.scalars(sa.select(Account).where(Account.sealed_secret.is_not(None))).all()
        apps = session.scalars(sa.select(App)).all()
        forges = sa.select(ForgeConnection.sealed_secret, App.slug).join(App, App.id == ForgeConnection.app_id)
        sealed = [(row[0], forge_place(row[1])) for row in session.execute(forges)]
        sealed += _of_notifications(session)
        # Also earlier versions: a stack may still have them.
        versions = session.scalars(
            sa.select(VariableVersion).where(VariableVersion.kind == SECRET, VariableVersion.sealed_value.is_not(None))
        ).all()
    found = set()
    for account in accounts:
        try:
            found.add(settings_of(account, world.vault).secret_access_key)
        except SecretNotReadable:
            continue
    found |= _of_repositories(world, apps)
    sealed += [(app.sealed_webhook_secret, webhook_place(app.slug)) for app in apps]
    sealed += [(one.sealed_value, seal_place(one.variable_id, one.number)) for one in versions if one.sealed_value]
    for value, place in sealed:
        try:
            found.add(world.vault.open(value, place))
        except SecretNotReadable:
            continue
    return frozenset(found) - {""}


def _of_repositories(world: World, apps: Iterable[App]) -> set[str]:
    """The tokens. One without a user stands in the user's place, where a short word is somebody's name."""
    found = set()
    for app in apps:
        try:
            user, password = user_and_password(login_of(app, world.vault))
        except SecretNotReadable:
            continue
        found.add(password or (user if len(user) >= SHORTEST_CREDENTIAL else ""))
    return found


def _of_notifications(session: Session) -> list[tuple[bytes, str]]:
    here = sa.select(Stage.app_id, Notification.sealed_url, Notification.sealed_key)
    sealed = [(password, MAIL_PLACE) for password in session.scalars(sa.select(MailServer.sealed_password))]
    for app_id, url, key in session.execute(here.join(Stage, Stage.id == Notification.stage_id)):
        sealed += [(url, notification_place(app_id, "url")), (key, notification_place(app_id, "key"))]
    return [(value, where) for value, where in sealed if value]


def stored_secrets(world: World) -> Hidden:
    """For a comparison, and for code that is shown."""
    return Hidden(raw_secrets(world))


def masker(world: World) -> Masker:
    return Masker(raw_secrets(world))


def credentials_of(cloud: Cloud) -> list[str]:
    """What a build works with in AWS, and must not print."""
    environment = cloud.environment()
    return [value for name in CREDENTIALS if len(value := environment.get(name, "")) >= SHORTEST_CREDENTIAL]
