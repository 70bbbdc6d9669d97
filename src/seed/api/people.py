"""Signing in, and the tokens of the person who asks."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session

from seed import __version__
from seed.api import shapes
from seed.api.deps import TheActor, TheAddress, TheToken, TheWorld
from seed.people.enter import enter
from seed.people.sign_in import begin, first_administrator, sign_in_by_link, sign_out, who
from seed.people.tokens import end_token, make_token, revoke_token, tokens_of

router = APIRouter(tags=["people"])
LOGIN_DAYS = 90.0


@router.get("/version")
def version() -> shapes.Version:
    return shapes.Version(version=__version__)


@router.post("/login")
def log_in(world: TheWorld, address: TheAddress, asked: shapes.Login) -> shapes.MadeToken:
    """A token for e-mail and password."""
    person = enter(world.database, world.attempts, asked.email, asked.password, address)
    with world.database.write() as session:
        return _signed_in(session, begin(session, person, days=1), asked.name)


@router.post("/login/link")
def log_in_by_link(world: TheWorld, asked: shapes.LinkLogin) -> shapes.MadeToken:
    """A token for a link that works once."""
    with world.database.write() as session:
        key = sign_in_by_link(session, asked.key, days=1)
        return _signed_in(session, key, asked.name)


@router.post("/login/first")
def add_first_administrator(world: TheWorld, asked: shapes.FirstAdministrator) -> shapes.MadeToken:
    """The first administrator, by the link that the server's first start prints; a token for them."""
    with world.database.write() as session:
        person = first_administrator(session, asked.key, asked.email, asked.name, asked.password)
        return _signed_in(session, begin(session, person, days=1), "cli")


@router.post("/logout", status_code=204)
def log_out(world: TheWorld, actor: TheActor, token: TheToken) -> None:
    """The token that asks is good no more."""
    with world.database.write() as session:
        if token:
            end_token(session, actor, token)


@router.get("/me")
def me(actor: TheActor) -> shapes.Me:
    return shapes.Me(name=actor.name, scope=actor.scope)


@router.get("/tokens")
def list_tokens(world: TheWorld, actor: TheActor) -> list[shapes.Token]:
    with world.database.read() as session:
        return [shapes.Token.model_validate(t, from_attributes=True) for t in tokens_of(session, actor)]


@router.post("/tokens", status_code=201)
def add_token(world: TheWorld, actor: TheActor, asked: shapes.NewToken) -> shapes.MadeToken:
    with world.database.write() as session:
        token, text = make_token(session, actor, name=asked.name, scope=asked.scope, days=asked.days)
        return _made(token, text)


@router.delete("/tokens/{token_id}", status_code=204)
def remove_token(world: TheWorld, actor: TheActor, token_id: int) -> None:
    with world.database.write() as session:
        revoke_token(session, actor, token_id)


def _signed_in(session: Session, key: str, name: str) -> shapes.MadeToken:
    """The token takes the place of the browser's session, which nobody would use."""
    token, text = make_token(session, who(session, key), name=name, scope="admin", days=LOGIN_DAYS)
    sign_out(session, key)
    return _made(token, text)


def _made(token: object, text: str) -> shapes.MadeToken:
    shown = shapes.Token.model_validate(token, from_attributes=True)
    return shapes.MadeToken(**shown.model_dump(), token=text)
