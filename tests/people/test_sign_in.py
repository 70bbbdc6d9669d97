"""Signing in, links that work once, tokens and what they may do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from seed.db.base import Database, now
from seed.errors import Invalid, NotFound
from seed.people.actor import Actor, NotAllowed, Scope
from seed.people.records import ApiToken, OneTimeLink, Person, SignIn
from seed.people.same_origin import same_origin
from seed.people.sign_in import (
    NotSignedIn,
    SignInFailed,
    add_person,
    first_administrator,
    make_link,
    nobody_yet,
    sign_in,
    sign_in_by_link,
    sign_out,
    who,
    who_by_token,
)
from seed.people.tokens import end_token, make_token, revoke_token

PASSWORD = "correct horse battery"


@pytest.fixture
def alice(database: Database) -> Person:
    with database.write() as session:
        return add_person(session, "Alice@Example.com", "Alice", PASSWORD)


def test_it_works(database: Database, alice: Person) -> None:
    with database.write() as session:
        key = sign_in(session, "alice@example.com", PASSWORD, days=1)
        assert who(session, key) == Actor(alice.id, "Alice", "admin")


@pytest.mark.parametrize(("email", "password"), [("alice@example.com", "wrong"), ("bob@example.com", PASSWORD)])
def test_what_does_not_fit_is_refused_in_one_way(database: Database, alice: Person, email: str, password: str) -> None:
    with pytest.raises(SignInFailed) as refused, database.write() as session:
        sign_in(session, email, password, days=1)

    assert refused.value.sentence == "E-mail and password do not fit."
    assert alice.email == "alice@example.com"


def test_nothing_that_opens_a_door_is_stored_as_it_is(database: Database, alice: Person) -> None:
    with database.write() as session:
        key = sign_in(session, alice.email, PASSWORD, days=1)
        _, token = make_token(session, who(session, key), name="x", scope="read", days=1)
        link = make_link(session, "sign-in", alice.id)
    content = database.path.read_bytes() + Path(f"{database.path}-wal").read_bytes()

    for secret in (PASSWORD, key, token, link):
        assert secret.encode() not in content


def test_a_session_ends_by_signing_out_and_by_time(database: Database, alice: Person) -> None:
    with database.write() as session:
        key = sign_in(session, alice.email, PASSWORD, days=1)
        old = sign_in(session, alice.email, PASSWORD, days=1)
        sign_out(session, key)
        session.execute(sa.update(SignIn).values(expires_at=now() - timedelta(seconds=1)))
    for gone in (key, old, "", "sess_unknown"):
        with pytest.raises(NotSignedIn), database.read() as session:
            who(session, gone)


def test_a_link_works_once(database: Database, alice: Person) -> None:
    with database.write() as session:
        link = make_link(session, "sign-in", alice.id)
        sign_in_by_link(session, link, days=1)
    with pytest.raises(SignInFailed), database.write() as session:
        sign_in_by_link(session, link, days=1)


def test_a_link_is_good_only_for_its_purpose_and_for_a_day(database: Database, alice: Person) -> None:
    with database.write() as session:
        first = make_link(session, "first-administrator", None)
        late = make_link(session, "sign-in", alice.id)
        session.execute(sa.update(OneTimeLink).values(expires_at=now() - timedelta(seconds=1)))
    for link in (first, late):
        with pytest.raises(SignInFailed), database.write() as session:
            sign_in_by_link(session, link, days=1)


def test_the_first_administrator_is_made_by_the_printed_link(database: Database) -> None:
    with database.write() as session:
        assert nobody_yet(session)
        link = make_link(session, "first-administrator", None)
        first_administrator(session, link, "a@example.com", "A", PASSWORD)
        assert not nobody_yet(session)


@pytest.mark.parametrize(("email", "password"), [("no-at-sign", PASSWORD), ("a@b.c", "short")])
def test_a_person_needs_an_address_and_a_long_password(database: Database, email: str, password: str) -> None:
    with pytest.raises(Invalid), database.write() as session:
        add_person(session, email, "A", password)


def test_a_token_has_its_scope_ends_and_can_be_revoked(database: Database, alice: Person) -> None:
    actor = Actor(alice.id, "Alice", "admin")
    with database.write() as session:
        row, token = make_token(session, actor, name="ci", scope="deploy", days=1)
        late, old = make_token(session, actor, name="old", scope="deploy", days=1)
        session.get_one(ApiToken, late.id).expires_at = now() - timedelta(seconds=1)
        assert who_by_token(session, token).scope == "deploy"
        who_by_token(session, token).must("read")
        with pytest.raises(NotAllowed):
            who_by_token(session, token).must("admin")
        revoke_token(session, actor, row.id)
    for gone in (token, old):
        with pytest.raises(NotSignedIn), database.read() as session:
            who_by_token(session, gone)


@pytest.mark.parametrize("scope", ["read", "deploy"])
def test_a_token_that_may_less_makes_none_and_revokes_itself_alone(
    database: Database, alice: Person, scope: Scope
) -> None:
    """It would outlive its own end, or lock everybody out."""
    admin, less = Actor(alice.id, "Alice", "admin"), Actor(alice.id, "Alice", scope)
    with database.write() as session:
        other, _ = make_token(session, admin, name="x", scope="admin", days=None)
        own, key = make_token(session, admin, name="own", scope=scope, days=1)
        with pytest.raises(NotAllowed):
            make_token(session, less, name="x", scope="read", days=None)
        with pytest.raises(NotAllowed):
            revoke_token(session, less, other.id)
        end_token(session, less, key)
        assert other.revoked_at is None
        assert own.revoked_at is not None


def test_nobody_revokes_a_strangers_token(database: Database, alice: Person) -> None:
    with database.write() as session:
        row, _ = make_token(session, Actor(alice.id, "Alice", "admin"), name="x", scope="read", days=None)
        with pytest.raises(NotFound):
            revoke_token(session, Actor(alice.id + 1, "Charlie", "admin"), row.id)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://seed.example", "host": "seed.example"}, True),
        ({"origin": "http://evil.example", "host": "seed.example"}, False),
        ({"origin": "null", "host": "seed.example"}, False),
        ({"host": "seed.example"}, True),
    ],
)
def test_a_write_from_another_site_is_known(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(headers) is ours
