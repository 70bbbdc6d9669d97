"""The accounts that stages deploy to: add one, check it, remove it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from seed.apps.accounts import add_account, remove_account
from seed.apps.find import account_of
from seed.apps.records import Account
from seed.aws.values import AccountSettings
from seed.console.deps import TheActor, TheWorld
from seed.console.templates import render
from seed.errors import Invalid, SeedError
from seed.people.actor import Actor
from seed.work import intake
from seed.work.world import World

router = APIRouter()
Text = Annotated[str, Form()]
FIELDS = ("name", "kind", "region", "profile", "access_key_id", "role_arn", "external_id", "endpoint_url")
KINDS = ("profile", "keys", "role")


@router.get("/accounts")
def show(request: Request, world: TheWorld, actor: TheActor) -> Response:
    return _page(request, world, actor)


@router.post("/accounts")
def add(
    request: Request,
    world: TheWorld,
    actor: TheActor,
    name: Text = "",
    kind: Text = "profile",
    region: Text = "",
    profile: Text = "",
    access_key_id: Text = "",
    secret_access_key: Text = "",
    role_arn: Text = "",
    external_id: Text = "",
    endpoint_url: Text = "",
) -> Response:
    """Added, then checked: what is wrong with it shows at once."""
    given = dict(zip(FIELDS, (name, kind, region, profile, access_key_id, role_arn, external_id, endpoint_url),
                     strict=True))  # fmt: skip
    try:
        if kind not in KINDS:
            raise Invalid(f"There is no account kind {kind!r}.", where="kind")
        settings = AccountSettings(
            kind=kind,  # type: ignore[arg-type]  # checked above
            secret_access_key=secret_access_key,
            **{field: value.strip() for field, value in given.items() if field not in {"name", "kind"}},
        )
        with world.database.write() as session:
            add_account(session, actor, name.strip(), settings, world.vault)
        intake.check_account(world, actor, name.strip())
    except SeedError as error:
        return _page(request, world, actor, given=given, error=error)
    return _back()


@router.post("/accounts/{name}/check")
def check(world: TheWorld, actor: TheActor, name: str) -> Response:
    intake.check_account(world, actor, name)
    return _back()


@router.post("/accounts/{name}/remove")
def remove(world: TheWorld, actor: TheActor, name: str) -> Response:
    with world.database.write() as session:
        remove_account(session, actor, account_of(session, actor, name))
    return _back()


def _back() -> Response:
    return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, world: World, actor: Actor, given: dict[str, str] | None = None, error: SeedError | None = None
) -> Response:
    actor.must("read")
    empty = dict.fromkeys(FIELDS, "") | {"kind": "profile", "region": "us-east-1"}
    with world.database.read() as session:
        return render(
            request,
            "accounts.html",
            status=error.status if error else 200,
            accounts=session.scalars(sa.select(Account).order_by(Account.id)).all(),
            kinds=KINDS,
            given=given or empty,
            error=error,
        )
