"""Notifications of a stage: add, change, remove, copy. URL and key go in and are never shown again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Stage
from seed.audit.record import record
from seed.db.base import now, ring
from seed.db.vault import Vault
from seed.errors import Conflict, Invalid, NotFound
from seed.notify.facts import EVENTS
from seed.notify.mail_server import check_address
from seed.notify.records import MailServer, Notification
from seed.outside import check_url
from seed.people.actor import SEED, Actor

TOPIC = "notifications"
KINDS = ("slack", "email", "webhook")
CHANNEL = re.compile(r"[#@]?[\w.-]{1,80}")
MOST, MOST_RECIPIENTS = 50, 50
LONGEST_URL, LONGEST_KEY, SHORTEST_KEY = 2000, 1000, 16


class NoMailServer(Conflict):
    """E-mail is asked for, and no mail server is set."""

    code = "no-mail-server"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person gives. No events: all of them. When it is changed, "" keeps what is there."""

    kind: str
    events: tuple[str, ...] = ()
    url: str = field(default="", repr=False)
    """Of Slack's incoming webhook, or of a webhook."""
    key: str | None = field(default=None, repr=False)
    """What a webhook is signed with; None keeps the one that is there, "" takes it away."""
    channel: str = ""
    recipients: str = ""
    """E-mail addresses, with commas or spaces between them."""


def add_notification(
    session: Session, actor: Actor, vault: Vault, stage: Stage, asked: Asked, private_hosts: frozenset[str]
) -> Notification:
    actor.must("admin")
    if asked.kind not in KINDS:
        raise Invalid(f"There is no notification of the kind {asked.kind[:40]!r}.", hint=", ".join(KINDS), where="kind")
    if asked.kind == "email" and session.scalar(sa.select(MailServer.id)) is None:
        raise NoMailServer("There is no mail server yet.", hint="seed mail set, or the console's page Mail server.")
    if len(notifications_of(session, actor, stage)) >= MOST:
        raise Conflict(f"{stage.name} has {MOST} notifications already.")
    row = Notification(stage_id=stage.id, kind=asked.kind, target="", events="")
    _set(row, asked, vault, stage, private_hosts)
    session.add(row)
    session.flush()
    _tell(session, actor, stage, row, "notification.added")
    return row


def change_notification(
    session: Session, actor: Actor, vault: Vault, stage: Stage, number: int, asked: Asked, private_hosts: frozenset[str]
) -> Notification:
    """Its kind stays. Where it goes to somewhere else, its key is asked for again."""
    actor.must("admin")
    row = notification_of(session, actor, stage, number)
    if asked.url and row.sealed_key and asked.key is None:
        raise Invalid("The key is missing.", hint="It is asked for again when the address changes.", where="key")
    _set(row, asked, vault, stage, private_hosts)
    row.problem, row.failures, row.paused_until = "", 0, None
    _tell(session, actor, stage, row, "notification.changed")
    return row


def remove_notification(session: Session, actor: Actor, stage: Stage, number: int) -> None:
    """With its log; what waits is not told any more."""
    actor.must("admin")
    row = notification_of(session, actor, stage, number)
    session.delete(row)
    _tell(session, actor, stage, row, "notification.removed")


def notifications_of(session: Session, actor: Actor, stage: Stage) -> list[Notification]:
    actor.must("read")
    query = sa.select(Notification).where(Notification.stage_id == stage.id).order_by(Notification.id)
    return list(session.scalars(query))


def notification_of(session: Session, actor: Actor, stage: Stage, number: int) -> Notification:
    actor.must("read")
    here = sa.and_(Notification.id == number, Notification.stage_id == stage.id)
    row = session.scalar(sa.select(Notification).where(here))
    if row is None:
        raise NotFound(f"{stage.name} has no notification {number}.", hint="seed notification list shows them.")
    return row


def copy_notifications(session: Session, source: Stage, target: Stage) -> int:
    """For a stage of the same app that is made by itself: what the chosen stage has, for what happens from now on."""
    if source.app_id != target.app_id:
        raise ValueError("the seals are those of one app")
    rows = notifications_of(session, SEED, source)
    kept = ("kind", "events", "target", "channel", "sealed_url", "sealed_key")
    session.add_all(Notification(stage_id=target.id, **{name: getattr(row, name) for name in kept}) for row in rows)
    if rows:
        record(session, SEED.name, "notification.copied", target.name, app_id=target.app_id, source=source.name,
               number=len(rows))  # fmt: skip
        ring(session, TOPIC, f"app:{target.app_id}")
    return len(rows)


def notification_place(app_id: int, what: str) -> str:
    """Bound into the seal: within one app, so that a new stage can have what another has."""
    return f"app/{app_id}/notification/{what}"


def opened(row: Notification, app_id: int, vault: Vault) -> tuple[str, str]:
    """(url, key); "" where there is none."""
    url = vault.open(row.sealed_url, notification_place(app_id, "url")) if row.sealed_url else ""
    return url, vault.open(row.sealed_key, notification_place(app_id, "key")) if row.sealed_key else ""


def _set(row: Notification, asked: Asked, vault: Vault, stage: Stage, private_hosts: frozenset[str]) -> None:
    if asked.events or not row.events:
        row.events = ",".join(_events(asked.events))
    if row.kind == "email":
        if asked.recipients or not row.target:
            row.target = ", ".join(_recipients(asked.recipients))
        return
    if asked.url or row.sealed_url is None:
        url = _address(asked.url.strip(), private_hosts)
        row.sealed_url, row.target = vault.seal(url, notification_place(stage.app_id, "url")), urlsplit(url).netloc
    if row.kind == "slack":
        if asked.channel and not CHANNEL.fullmatch(asked.channel):
            raise Invalid(f"{asked.channel[:80]!r} is no channel.", hint="#deployments", where="channel")
        row.channel = asked.channel or row.channel
    elif asked.key is not None:
        if asked.key and not (SHORTEST_KEY <= len(asked.key) <= LONGEST_KEY and asked.key.isprintable()):
            raise Invalid(
                f"A key has {SHORTEST_KEY} to {LONGEST_KEY} letters.", hint="openssl rand -hex 32", where="key"
            )
        row.sealed_key = vault.seal(asked.key, notification_place(stage.app_id, "key")) if asked.key else None


def _address(url: str, private_hosts: frozenset[str]) -> str:
    if not url:
        raise Invalid("The address is missing.", hint="For the command line: SEED_NOTIFY_URL.", where="url")
    check_url(url, private_hosts, where="url", hint="An https:// address.", query=True)
    if len(url) > LONGEST_URL or not url.isprintable() or not url.isascii():
        raise Invalid("This is no address.", hint="An https:// address.", where="url")
    return url


def _events(given: Sequence[str]) -> list[str]:
    unknown = [name for name in given if name not in EVENTS]
    if unknown:
        raise Invalid(f"There is no event {unknown[0][:40]!r}.", hint=", ".join(EVENTS), where="events")
    return [name for name in EVENTS if name in given] or list(EVENTS)


def _recipients(text: str) -> list[str]:
    found = [check_address(one, "recipients") for one in re.split(r"[\s,;]+", text) if one]
    if not 0 < len(found) <= MOST_RECIPIENTS:
        raise Invalid(f"An e-mail goes to 1 to {MOST_RECIPIENTS} addresses.", where="recipients")
    return list(dict.fromkeys(found))


def _tell(session: Session, actor: Actor, stage: Stage, row: Notification, action: str) -> None:
    record(session, actor.name, action, stage.name, app_id=stage.app_id, kind=row.kind, target=row.target,
           events=row.events, at=now().isoformat(timespec="seconds"))  # fmt: skip
    ring(session, TOPIC, f"app:{stage.app_id}")
