"""Sign in with e-mail and password, or with a link that is good once; sign out."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.audit.record import record
from seed.db.base import now
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor, as_scope
from seed.people.keys import PASSWORDS, key_hash, new_key
from seed.people.records import ApiToken, OneTimeLink, Person, SignIn

LINK_HOURS = 24
SHORTEST_PASSWORD = 10


class SignInFailed(SeedError):
    """E-mail and password do not fit, or the link is used or old."""

    code = "sign-in-failed"
    status = 401


class NotSignedIn(SeedError):
    """No session and no token, or one that has ended."""

    code = "not-signed-in"
    status = 401


def known(session: Session, email: str, password: str) -> Person:
    """Whose e-mail and password these are. Slow on purpose, so it is asked in a session that only reads."""
    person = session.scalar(sa.select(Person).where(Person.email == email.strip().lower()))
    # The same work is done for an unknown address, so that the time tells nothing.
    nobody = _nobody()
    fits = PASSWORDS.verify(password, person.password_hash if person else nobody)
    if person is None or not fits:
        raise SignInFailed("E-mail and password do not fit.", hint="Check both and try again.")
    return person


@cache
def _nobody() -> str:
    return PASSWORDS.hash("nobody has this password")


def begin(session: Session, person: Person, *, days: float) -> str:
    """The key for the browser's cookie of somebody who is known."""
    return _begin(session, person, days)


def sign_in(session: Session, email: str, password: str, *, days: float) -> str:
    """Both at once, where nobody else waits for the session."""
    return begin(session, known(session, email, password), days=days)


def sign_in_by_link(session: Session, key: str, *, days: float) -> str:
    link = open_link(session, key, "sign-in")
    person = session.get(Person, link.person_id)
    if person is None:
        raise SignInFailed("This link is not good any more.", hint="Ask for a new one.")
    link.used_at = now()
    return _begin(session, person, days)


def sign_out(session: Session, key: str) -> None:
    session.execute(sa.delete(SignIn).where(SignIn.key_hash == key_hash(key)))


def who(session: Session, key: str) -> Actor:
    """The person behind a cookie."""
    found = session.execute(
        sa.select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.key_hash == key_hash(key), SignIn.expires_at > now())
    ).scalar()
    if found is None:
        raise NotSignedIn("Please sign in.", hint="The session has ended or never was.")
    return Actor(found.id, found.name, "admin")


def who_by_token(session: Session, key: str) -> Actor:
    """The person behind a bearer token, with the token's scope."""
    row = session.execute(
        sa.select(ApiToken, Person)
        .join(Person, ApiToken.person_id == Person.id)
        .where(
            ApiToken.key_hash == key_hash(key),
            ApiToken.revoked_at.is_(None),
            sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()),
        )
    ).first()
    if row is None:
        raise NotSignedIn("This token is not good.", hint="Sign in again: seed login")
    token, person = row
    return Actor(person.id, person.name, as_scope(token.scope))


def make_link(session: Session, purpose: str, person_id: int | None) -> str:
    key = new_key("link")
    session.add(
        OneTimeLink(
            key_hash=key_hash(key),
            purpose=purpose,
            person_id=person_id,
            expires_at=now() + timedelta(hours=LINK_HOURS),
        )
    )
    return key


def open_link(session: Session, key: str, purpose: str) -> OneTimeLink:
    link = session.scalar(
        sa.select(OneTimeLink).where(OneTimeLink.key_hash == key_hash(key), OneTimeLink.purpose == purpose)
    )
    if link is None or link.used_at is not None or link.expires_at < now():
        raise SignInFailed("This link is not good any more.", hint="A link works once, for a day.")
    return link


def first_administrator(session: Session, key: str, email: str, name: str, password: str) -> Person:
    """Use the link that the first start printed."""
    link = open_link(session, key, "first-administrator")
    person = add_person(session, email, name, password)
    link.used_at = now()
    return person


def add_person(session: Session, email: str, name: str, password: str) -> Person:
    email = email.strip().lower()
    if "@" not in email or len(email) > 254:  # noqa: PLR2004, the longest address there is
        raise Invalid("That is not an e-mail address.", where="email")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password needs {SHORTEST_PASSWORD} characters or more.", where="password")
    if session.scalar(sa.select(Person.id).where(Person.email == email)):
        raise Invalid("Somebody with this e-mail exists.", where="email")
    person = Person(email=email, name=name.strip() or email, password_hash=PASSWORDS.hash(password))
    session.add(person)
    session.flush()
    record(session, person.name, "person.added", email)
    return person


def nobody_yet(session: Session) -> bool:
    return session.scalar(sa.select(sa.func.count(Person.id))) == 0


def _begin(session: Session, person: Person, days: float) -> str:
    key = new_key("sess")
    session.add(SignIn(person_id=person.id, key_hash=key_hash(key), expires_at=now() + timedelta(days=days)))
    record(session, person.name, "person.signed-in", person.email)
    return key
