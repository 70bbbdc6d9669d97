"""Accounts: how Seed reaches AWS. Keys are sealed; what STS answered once must be answered again."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.records import Account, Stage
from seed.audit.record import record
from seed.aws.values import AccountSettings, Identity
from seed.db.base import now
from seed.db.vault import Vault
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor

SHAPES = (
    ("region", re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+"), "eu-central-1"),
    (
        "role_arn",
        re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+"),
        "arn:aws:iam::123456789012:role/seed-deploy",
    ),
    ("endpoint_url", re.compile(r"https?://[^/\s]+(/\S*)?"), "https://host:port"),
)
KINDS = ("local", "profile", "keys", "role")


def add_account(session: Session, actor: Actor, name: str, settings: AccountSettings, vault: Vault) -> Account:
    actor.must("admin")
    _check(name, settings)
    if session.scalar(sa.select(Account.id).where(Account.name == name)):
        raise Conflict(f"There is an account {name!r} already.", hint="Give this one another name.")
    secret = settings.secret_access_key
    account = Account(
        name=name,
        kind=settings.kind,
        region=settings.region,
        endpoint_url=settings.endpoint_url,
        profile=settings.profile,
        access_key_id=settings.access_key_id,
        sealed_secret=vault.seal(secret, account_place(name)) if secret else None,
        role_arn=settings.role_arn,
        external_id=settings.external_id,
    )
    session.add(account)
    session.flush()
    record(session, actor.name, "account.added", name, kind=settings.kind, region=settings.region)
    return account


def remember_check(session: Session, account: Account, identity: Identity | None, problem: str) -> None:
    """Keep what STS said, so that a later answer of another account is noticed."""
    row = session.get_one(Account, account.id)
    row.checked_at, row.problem = now(), problem
    if identity is not None and not row.aws_account:
        row.aws_account = identity.account


def remove_account(session: Session, actor: Actor, account: Account) -> None:
    actor.must("admin")
    used = session.scalar(sa.select(Stage.name).where(Stage.account_id == account.id))
    if used:
        raise Conflict(f"The stage {used} deploys to {account.name}.", hint="Point it elsewhere first.")
    session.delete(session.get_one(Account, account.id))
    record(session, actor.name, "account.removed", account.name)


def settings_of(account: Account, vault: Vault) -> AccountSettings:
    if account.kind not in KINDS:
        raise Invalid(f"There is no account kind {account.kind!r}.", where=account.name)
    secret = vault.open(account.sealed_secret, account_place(account.name)) if account.sealed_secret else ""
    return AccountSettings(
        kind=account.kind,  # type: ignore[arg-type]  # checked above
        region=account.region,
        endpoint_url=account.endpoint_url,
        profile=account.profile,
        access_key_id=account.access_key_id,
        secret_access_key=secret,
        role_arn=account.role_arn,
        external_id=account.external_id,
    )


def account_place(name: str) -> str:
    return f"account/{name}/secret"


def _check(name: str, settings: AccountSettings) -> None:
    needed = {
        "local": (),
        "profile": ("profile",),
        "keys": ("access_key_id", "secret_access_key"),
        "role": ("role_arn",),
    }
    if not name or not name.replace("-", "").isalnum():
        raise Invalid("An account's name has letters, digits and dashes.", where="name")
    if settings.kind not in needed:
        raise Invalid(f"There is no account kind {settings.kind!r}.", hint=", ".join(KINDS), where="kind")
    for field in needed[settings.kind]:
        if not getattr(settings, field):
            raise Invalid(f"An account of kind {settings.kind} needs {field}.", where=field)
    for field, shape, example in SHAPES:
        given = getattr(settings, field)
        if given and not shape.fullmatch(given):
            raise Invalid(f"{given!r} cannot be its {field}.", hint=f"It looks like {example}.", where=field)
