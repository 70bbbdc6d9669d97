"""Accounts: how Seed reaches AWS."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote


def register(app: App) -> None:
    accounts = group(app, "account", "Accounts: how Seed reaches AWS.")
    accounts.command(list_accounts, name="list")
    accounts.command(add, name="add")
    accounts.command(check, name="check")
    accounts.command(remove, name="remove")


def list_accounts(*, json: Json = False) -> None:
    """Every account."""
    found = api.Client().get("/accounts")
    if json:
        return show.as_json(found)
    rows = [(a["name"], a["kind"], a["region"], a["aws_account"] or "not checked", a["problem"]) for a in found]
    return show.table(("account", "kind", "region", "aws account", "problem"), rows)


def add(
    name: str,
    *,
    kind: Literal["local", "profile", "keys", "role"],
    region: str = "us-east-1",
    endpoint_url: str = "",
    profile: str = "",
    access_key_id: str = "",
    role_arn: str = "",
    external_id: str = "",
    json: Json = False,
) -> int:
    """Add an account and check it.

    The secret of access keys is read from SEED_SECRET_ACCESS_KEY, or asked for; never taken as an argument.

    Parameters
    ----------
    kind
        local, profile, keys or role.
    region
        the region stacks are deployed to.
    endpoint_url
        another endpoint than AWS's own.
    profile
        a profile of the server's AWS configuration.
    access_key_id
        for keys, or to assume a role with.
    role_arn
        the role to assume.
    external_id
        the external id that the role asks for.

    """
    secret = os.environ.get("SEED_SECRET_ACCESS_KEY", "")
    if access_key_id and not secret:
        secret = getpass.getpass("Secret access key: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    body = {
        "name": name, "kind": kind, "region": region, "endpoint_url": endpoint_url, "profile": profile,
        "access_key_id": access_key_id, "secret_access_key": secret, "role_arn": role_arn,
        "external_id": external_id,
    }  # fmt: skip
    return _tell(name, api.Client().post("/accounts", body), json=json)


def check(name: str, *, json: Json = False) -> int:
    """Ask AWS who the account is, and what it may not do."""
    return _tell(name, api.Client().post(f"/accounts/{quote(name)}/check"), json=json)


def remove(name: str, *, json: Json = False) -> None:
    """Forget an account that no stage deploys to."""
    api.Client().delete(f"/accounts/{quote(name)}")
    show.as_json({"removed": name}) if json else show.out(f"Removed {name}.")


def _tell(name: str, said: dict[str, Any], *, json: bool) -> int:
    good = not said["problem"] and not said["missing"]
    if json:
        show.as_json(said)
    elif said["problem"]:
        show.out(f"{name}: {said['problem']}")
    else:
        show.out(f"{name}: AWS account {said['account']}, {said['arn']}, {said['region']}")
        for one in said["missing"]:
            show.out(f"  missing: {one}")
    return api.DONE if good else api.FAILED
