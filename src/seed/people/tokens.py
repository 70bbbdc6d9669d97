"""API tokens: made once, shown once, kept as a hash."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import now
from seed.errors import Invalid, NotFound
from seed.people.actor import ORDER, Actor, Scope
from seed.people.keys import key_hash, new_key
from seed.people.records import ApiToken

SHOWN = 12


def make_token(session: Session, actor: Actor, *, name: str, scope: Scope, days: float | None) -> tuple[ApiToken, str]:
    """The row and the key; the key is never to be had again. Who may less cannot: theirs would outlive its own end."""
    actor.must("admin")
    if scope not in ORDER:
        raise Invalid(f"There is no scope {scope!r}.", hint="read, deploy or admin", where="scope")
    if days is not None and days <= 0:
        raise Invalid("Days must be more than 0.", where="days")
    key = new_key("seed")
    token = ApiToken(
        person_id=actor.person_id,
        name=name.strip() or "token",
        prefix=key[:SHOWN],
        key_hash=key_hash(key),
        scope=scope,
        expires_at=None if days is None else now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(session, actor.name, "token.made", token.name, scope=scope)
    return token, key


def tokens_of(session: Session, actor: Actor) -> list[ApiToken]:
    return list(
        session.scalars(
            sa.select(ApiToken)
            .where(ApiToken.person_id == actor.person_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id)
        )
    )


def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    actor.must("admin")
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != actor.person_id:
        raise NotFound("There is no such token.")
    _revoke(session, actor, token)


def end_token(session: Session, actor: Actor, key: str) -> None:
    """The one that asks: whoever has signed out uses it no more."""
    _revoke(session, actor, session.scalars(sa.select(ApiToken).where(ApiToken.key_hash == key_hash(key))).one())


def _revoke(session: Session, actor: Actor, token: ApiToken) -> None:
    token.revoked_at = now()
    record(session, actor.name, "token.revoked", token.name)
