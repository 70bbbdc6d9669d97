"""Stages of an app."""

from __future__ import annotations

from typing import Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote


def register(app: App) -> None:
    stages = group(app, "stage", "Stages: one environment each.")
    stages.command(list_stages, name="list")
    stages.command(add, name="add")
    stages.command(set_account, name="set")
    stages.command(set_review, name="review")
    stages.command(set_functions, name="functions")
    stages.command(remove, name="remove")


def list_stages(app: str, *, json: Json = False) -> None:
    """The stages of an app."""
    found = api.Client().get(f"/apps/{quote(app)}")["stages"]
    if json:
        return show.as_json(found)
    rows = [(s["name"], s["kind"], s["branch"] or "promotion only", s["account"], s["region"]) for s in found]
    return show.table(("stage", "kind", "branch", "account", "region"), rows)


def add(app: str, name: str, *, branch: str, account: str = "", json: Json = False) -> None:
    """Add a development stage that follows a branch.

    Parameters
    ----------
    branch: the branch it follows.
    account: where it deploys to; that of the first stage when missing.

    """
    body = {"name": name, "branch": branch, "account": account}
    made = api.Client().post(f"/apps/{quote(app)}/stages", body)
    show.as_json(made) if json else show.out(f"Added {name}; it follows {branch}.")


def set_account(app: str, name: str, *, account: str, json: Json = False) -> None:
    """Point a stage at another account, before its first deployment."""
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", {"account": account})
    show.as_json(made) if json else show.out(f"{name} deploys to {account}.")


def set_review(app: str, name: str, when: Literal["always", "needed"], *, json: Json = False) -> None:
    """Say which promotions to a stage have to be read: always, or only where something needs it.

    Parameters
    ----------
    when: `needed` lets promotions of code and routine changes go with one click.

    """
    body = {"always_review": when == "always"}
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    what = "Every promotion" if when == "always" else "What needs it"
    show.as_json(made) if json else show.out(f"{what} is read before it goes to {name}.")


def set_functions(app: str, name: str, by: Literal["direct", "cloudformation"], *, json: Json = False) -> None:
    """Say how new code goes to a development stage: straight to Lambda, or all through CloudFormation.

    Parameters
    ----------
    by: `direct` updates the functions that changed where nothing but code did.

    """
    body = {"functions_only": by == "direct"}
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    how = "straight to Lambda where nothing else changed" if by == "direct" else "through CloudFormation"
    show.as_json(made) if json else show.out(f"New code goes to {name} {how}.")


def remove(app: str, name: str, *, json: Json = False) -> None:
    """Remove a stage from Seed; its stacks stay where they are."""
    api.Client().delete(f"/apps/{quote(app)}/stages/{quote(name)}")
    show.as_json({"removed": name}) if json else show.out(f"Removed {name}; its stacks stay.")
