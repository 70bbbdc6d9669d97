"""The mail server that e-mails are sent through: set, shown without its password, taken away."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.vault import Vault
from seed.errors import Invalid
from seed.notify.records import MailServer
from seed.notify.smtp import Server
from seed.people.actor import Actor

PLACE = "mail/password"
SECURITIES = ("starttls", "tls", "none")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
LAST_PORT = 65535
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class AskedServer:
    """A password "" keeps the one that is there, while host and user stay the same."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)


def set_mail_server(
    session: Session, actor: Actor, vault: Vault, asked: AskedServer, private_hosts: frozenset[str]
) -> MailServer:
    actor.must("admin")
    _check(asked, private_hosts)
    known = session.scalar(sa.select(MailServer))
    row = known or MailServer()
    there = (row.host, row.port, row.username) if known else None
    if asked.password:
        row.sealed_password = vault.seal(asked.password, PLACE)
    elif not asked.username:
        row.sealed_password = None
    elif there != (asked.host, asked.port, asked.username):
        # A stored password must not be sent to wherever somebody points next.
        raise Invalid("The password is missing.", hint="It is asked for again when the server or the user changes.",
                      where="password")  # fmt: skip
    row.host, row.port, row.security = asked.host, asked.port, asked.security
    row.username, row.sender = asked.username, asked.sender
    session.add(row)
    session.flush()
    record(session, actor.name, "mail.set", row.host, port=row.port, security=row.security, sender=row.sender)
    return row


def mail_server(session: Session, actor: Actor) -> MailServer | None:
    actor.must("read")
    return session.scalar(sa.select(MailServer))


def remove_mail_server(session: Session, actor: Actor) -> None:
    actor.must("admin")
    row = session.scalar(sa.select(MailServer))
    if row is not None:
        session.delete(row)
        record(session, actor.name, "mail.removed", row.host)


def opened_server(row: MailServer, vault: Vault) -> Server:
    password = vault.open(row.sealed_password, PLACE) if row.sealed_password else ""
    return Server(row.host, row.port, row.security, row.username, row.sender, password)


def check_address(text: str, where: str) -> str:
    address = text.strip()
    if not ADDRESS.fullmatch(address) or ".." in address:
        raise Invalid(f"{address[:80]!r} is no e-mail address.", where=where)
    return address


def _check(asked: AskedServer, private_hosts: frozenset[str]) -> None:
    if not HOST.fullmatch(asked.host):
        raise Invalid(f"{asked.host[:80]!r} is no name of a mail server.", hint="smtp.example.com", where="host")
    if not 0 < asked.port <= LAST_PORT:
        raise Invalid(f"There is no port {asked.port}.", hint="587 for STARTTLS, 465 for TLS.", where="port")
    if asked.security not in SECURITIES:
        raise Invalid("Security is starttls, tls or none.", where="security")
    if asked.security == "none" and asked.host not in private_hosts:
        raise Invalid(
            "Without encryption only a server is spoken to that the operator allows.",
            hint="Take STARTTLS or TLS, or name the host in SEED_PRIVATE_HOSTS.",
            where="security",
        )
    check_address(asked.sender, "sender")
    for name in ("username", "password"):
        value: str = getattr(asked, name)
        if len(value) > LONGEST or not value.isprintable():
            raise Invalid(f"This {name} is too long, or holds what none holds.", where=name)
