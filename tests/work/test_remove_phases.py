"""A removal walks the phases backwards, as a rollback does: what imports goes before what exports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.machines import stage_with, world_of
from tests.support.rows import DIGEST
from tests.work.account import TOPIC, deploy, stack
from tests.work.dying import Died, MortalDatabase

from seed.apps.records import App, Service, Stage
from seed.aws.fake import FakeCloud
from seed.aws.values import Stack
from seed.builds.deploy import Commit, add_build
from seed.builds.records import ServiceBuild
from seed.people.actor import Actor
from seed.removals.ask import ask_removal
from seed.removals.records import Removal
from seed.work.removing.remove import remove
from seed.work.world import World

ALICE = Actor(0, "Alice", "admin")
PHASES = {"users": 1, "mails": 1, "orders": 2, "web": 5}


class Account(FakeCloud):
    """Notes in which order stacks go; some are protected."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[str] = []
        self.protected: frozenset[str] = frozenset()

    def stack(self, name: str) -> Stack | None:
        found = super().stack(name)
        return replace(found, termination_protection=name in self.protected) if found else None

    def delete_stack(self, name: str, token: str) -> None:
        super().delete_stack(name, token)
        self.gone.append(name.removesuffix("-dev"))


@pytest.fixture
def account() -> Account:
    made = Account()
    for name in PHASES:
        deploy(made, stack(Topic=TOPIC), f"{name}-dev")
    return made


@pytest.fixture
def world(account: Account) -> World:
    return replace(world_of("remove-phases"), connect=lambda _account: account)


def deployed(session: Session) -> Stage:
    """Each service has run in the stage once, in its phase."""
    made, services = stage_with(session, *PHASES)
    for service in services:
        service.phase = PHASES[service.name]
    session.flush()
    build = add_build(session, made.id, Commit("a" * 40), services, trigger="push", branch="main", asked_by="x")
    build.state = "succeeded"
    for row in session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)):
        row.state, row.stack_name = "succeeded", f"{session.get_one(Service, row.service_id).name}-dev"
    return made


def removed(world: World) -> Removal:
    with world.database.write() as session:
        going = deployed(session)
        app = session.get_one(App, going.app_id)
        asked = ask_removal(session, world.engine, ALICE, app, stage=going, typed="dev", skip_hooks=True)
    remove(world, asked.id)
    with world.database.read() as session:
        done = session.get_one(Removal, asked.id)
        _ = done.stacks  # loaded while the session is open
        return done


def backwards(names: Collection[str]) -> list[set[str]]:
    numbers = sorted({PHASES[name] for name in names}, reverse=True)
    return [{name for name in names if PHASES[name] == number} for number in numbers]


def test_later_phases_go_first(world: World, account: Account) -> None:
    done = removed(world)

    assert (done.state, [row.phase for row in done.stacks]) == ("removed", [5, 2, 1, 1])
    first, second, *rest = account.gone
    assert [{first}, {second}, set(rest)] == backwards(PHASES) == [{"web"}, {"orders"}, {"users", "mails"}]


def test_what_cannot_go_keeps_what_it_may_use(world: World, account: Account) -> None:
    account.protected = frozenset({"orders-dev"})

    done = removed(world)

    assert (done.state, account.gone) == ("failed", ["web"])
    assert {row.service: row.state for row in done.stacks} == {
        "web": "gone", "orders": "failed", "users": "waiting", "mails": "waiting",
    }  # fmt: skip
    assert "protected from termination" in done.reason


def test_what_another_app_has_deployed_since_it_was_asked_for_stays(world: World, account: Account) -> None:
    with world.database.write() as session:
        going = deployed(session)
        session.execute(sa.update(ServiceBuild).values(state="failed"))
        app = session.get_one(App, going.app_id)
        asked = ask_removal(session, world.engine, ALICE, app, stage=going, typed="dev", skip_hooks=True)
        other = deployed(session)
        account_of = session.get_one(Stage, going.id).account_id
        session.get_one(Stage, other.id).account_id = account_of
        for row in session.scalars(sa.select(ServiceBuild).where(ServiceBuild.stage_id == other.id)):
            row.package_digest = DIGEST
            row.stack_name = row.stack_name if row.service.name == "users" else f"another-{row.stack_name}"

    remove(world, asked.id)

    with world.database.read() as session:
        said = {row.stack_name: (row.state, row.reason) for row in session.get_one(Removal, asked.id).stacks}
    state, reason = said.pop("users-dev")
    assert (state, "in dev runs in it by now" in reason) == ("kept", True)
    assert {state for state, _ in said.values()} == {"gone"}
    assert sorted(account.gone) == ["mails", "orders", "web"]


@pytest.mark.parametrize("lives", range(9, 15))
def test_what_was_not_listed_is_told_of_and_never_deleted_wherever_it_was_killed(
    world: World, account: Account, lives: int
) -> None:
    with world.database.write() as session:
        going = deployed(session)
        app = session.get_one(App, going.app_id)
        asked = ask_removal(session, world.engine, ALICE, app, stage=going, typed="dev", skip_hooks=True)
        rows = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.stage_id == going.id))
        for row in [one for one in rows if one.service.name in ("users", "mails")]:
            row.stack_name = f"late-{row.stack_name}"
            deploy(account, stack(Topic=TOPIC), row.stack_name)

    try:
        remove(replace(world, database=MortalDatabase(world.database, lives)), asked.id)
    except Died:
        remove(world, asked.id)

    assert sorted(account.gone) == ["mails", "orders", "users", "web"]
    with world.database.read() as session:
        done = session.get_one(Removal, asked.id)
        said = {row.stack_name: (row.state, row.reason) for row in done.stacks}
        assert (done.state, len(done.stacks)) == ("failed", 6)
        assert session.get_one(Stage, going.id).removing is False
    assert said["late-users-dev"] == said["late-mails-dev"] == ("failed", "The account still has it.")
