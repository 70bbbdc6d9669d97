"""Find out whose e-mail and password these are, for a stranger: counted, limited, and written down where it fails."""

from __future__ import annotations

import sqlalchemy as sa

from seed.audit.record import record
from seed.db.base import Database
from seed.people.attempts import Attempts
from seed.people.records import Person
from seed.people.sign_in import SignInFailed, known


def enter(database: Database, attempts: Attempts, email: str, password: str, address: str) -> Person:
    """Raises SignInFailed or TooManyAttempts; neither tells whether the e-mail is somebody's."""
    with attempts.turn(email, address) as attempt:
        try:
            with database.read() as session:
                person = known(session, email, password)
        except SignInFailed:
            _write_down(database, email, address, last=attempt.failed())
            raise
        attempt.good()
        return person


def _write_down(database: Database, email: str, address: str, *, last: bool) -> None:
    """What nobody has as an e-mail is not repeated: it may be a password that went into the wrong field."""
    with database.write() as session:
        found = session.scalar(sa.select(Person.email).where(Person.email == email.strip().lower()))
        subject = found or "an e-mail that nobody has"
        record(session, "somebody", "person.sign-in-failed", subject, address=address)
        if last:
            record(session, "seed", "person.sign-in-paused", subject, address=address)
