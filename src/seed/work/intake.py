"""What people and pushes ask for, where it takes a look outside before the rows change.

Each function reads what it needs (Git, AWS) first and then does its change in one short transaction, by
the verb of that name.
"""

from __future__ import annotations

from dataclasses import dataclass

from seed.apps.records import Account, App, Stage
from seed.builds.records import Build
from seed.people.actor import Actor
from seed.promotions.records import Promotion
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What checking an account found. `missing` are things AWS did not let us do."""

    account: str
    arn: str
    region: str
    missing: tuple[str, ...]
    problem: str


def add_app(
    world: World,
    actor: Actor,
    repository: str,
    *,
    name: str = "",
    branch: str = "",
    account: str = "",
    production_account: str = "",
    poll_seconds: int = 0,
) -> App:
    """Read the repository, find its services, make app and stages; accounts by name ("" is the first)."""
    raise NotImplementedError


def deploy(
    world: World,
    actor: Actor,
    slug: str,
    stage: str,
    *,
    commit: str = "",
    services: list[str] | None = None,
    trigger: str = "manual",
) -> Build:
    """`commit` is a sha, branch or tag; "" is the head of the stage's branch."""
    raise NotImplementedError


def hear_push(world: World, slug: str, branch: str, commit: str, *, trigger: str) -> list[Build]:
    """A branch is now at `commit`: deploy the stages that follow it. "" asks the repository."""
    raise NotImplementedError


def hear_webhook(world: World, slug: str, body: bytes, signature: str, delivery: str) -> list[Build]:
    """The generic signed webhook. Raises WrongSignature; a delivery heard before is not heard again."""
    raise NotImplementedError


def webhook_secret(world: World, actor: Actor, slug: str) -> str:
    """For setting up a sender; needs the scope admin."""
    raise NotImplementedError


def promote(
    world: World, actor: Actor, slug: str, source: str, *, to: str = "", services: list[str] | None = None
) -> Promotion:
    raise NotImplementedError


def roll_back(
    world: World, actor: Actor, slug: str, stage: str, number: int, *, services: list[str] | None = None
) -> Promotion:
    raise NotImplementedError


def confirm(world: World, actor: Actor, promotion_id: int, digest: str) -> Build:
    """Look at AWS once more, then confirm. Where something moved: refused, and planned again."""
    raise NotImplementedError


def check_account(world: World, actor: Actor, name: str) -> AccountAnswer:
    """Call STS and say what is missing; remembered with the account."""
    raise NotImplementedError


def stage_account(stage: Stage) -> Account:
    return stage.account
