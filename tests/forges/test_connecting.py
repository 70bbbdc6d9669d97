"""A connection to a forge: its secret stays here, only an admin makes or ends it."""

from __future__ import annotations

import pytest
from tests.forges.telling import SECRET, Speaking, app_of, problem

from seed.connections.connect import Asked, connect_forge, disconnect_forge
from seed.errors import Invalid
from seed.forges.errors import ForgeNotReached
from seed.outside import PrivateAddress
from seed.people.actor import SEED, Actor, NotAllowed
from seed.work.telling.forge_messages import send_due


def test_the_secret_is_stored_sealed_and_opened_for_the_forge_alone(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    speaking.tell()

    raw = speaking.world.folders.database.read_bytes()
    assert SECRET.encode() not in raw
    assert speaking.accesses[0].secret == SECRET
    assert SECRET not in repr(speaking.accesses[0])


def change(speaking: Speaking, asked: Asked) -> None:
    speaking.write(
        lambda session: connect_forge(session, SEED, app_of(session), asked, speaking.world.vault, frozenset())
    )


def test_a_stored_secret_is_not_sent_to_where_somebody_points_next(speaking: Speaking) -> None:
    speaking.connect()
    change(speaking, Asked("github", repository="mike/shop", comments=False))

    for asked in (Asked("gitlab", repository="mike/shop"), Asked("github", "mike/shop", "https://evil.example.com"),
                  Asked("github", "mike/shop", github_app="1")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            change(speaking, asked)
        assert refused.value.where == "secret"


@pytest.mark.parametrize(
    "asked",
    [
        Asked("github", "no-owner", secret="x"),
        Asked("github", "a/../b", secret="x"),
        Asked("github", "a/b?x", secret="x"),
        Asked("github", "mike/shop", secret="x\ny"),
        Asked("github", "mike/shop", secret="x\u202e"),
        Asked("github", "mike/shop", github_app="1", secret="no key"),
        Asked("gitlab", "mike/shop", github_app="1", secret="x"),
        Asked("gitlab", "mike/shop", "http://gitlab.example.com/api/v4", secret="x"),
    ],
)
def test_what_makes_no_sense_is_refused(speaking: Speaking, asked: Asked) -> None:
    with pytest.raises(Invalid):
        change(speaking, asked)


def test_connecting_needs_the_scope_admin(speaking: Speaking) -> None:
    speaking.connect()
    deployer = Actor(1, "x", "deploy")
    given = Asked("github", "mike/shop", secret="x")
    with pytest.raises(NotAllowed):
        speaking.write(lambda s: connect_forge(s, deployer, app_of(s), given, speaking.world.vault, frozenset()))
    with pytest.raises(NotAllowed):
        speaking.write(lambda s: disconnect_forge(s, deployer, app_of(s)))


def test_disconnecting_forgets_the_secret_and_the_outbox(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    speaking.forge.failure = ForgeNotReached("Gone.")
    speaking.tell()

    speaking.write(lambda session: disconnect_forge(session, SEED, app_of(session)))

    assert speaking.rows() == []
    assert send_due(speaking.world) == 0


def test_an_address_in_a_private_network_ends_with_a_word_to_the_operator(speaking: Speaking) -> None:
    speaking.connect()
    speaking.build()
    speaking.forge.failure = PrivateAddress("gitlab.internal leads into a private network (10.0.0.1).")
    speaking.tell()

    assert "private network" in problem(speaking)
