"""Stages come with branches and pull requests, and go with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.forges.hearing import Github, builds
from tests.forges.stages import (
    ALICE,
    made,
    names,
    pushed,
    switch,
    work,
)
from tests.support.seeded import Seeded

from seed.apps.find import app_of
from seed.apps.records import BRANCH, Account, Stage
from seed.automatic.change import Change, change_automatic
from seed.errors import Invalid
from seed.notify.records import MailServer
from seed.notify.targets import Asked, add_notification, notifications_of, opened
from seed.people.actor import Actor, NotAllowed
from seed.variables.change import remove_variable, set_variable, value_of
from seed.variables.records import REMOVED, Variable, VariableVersion

pytestmark = pytest.mark.usefixtures("idle")


def test_a_branch_gets_a_stage_and_its_first_build(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH, copy_from="dev")

    commit = pushed(shop, github, "feature/login")

    [stage] = made(shop)
    assert (stage.name, stage.branch, stage.kind, stage.origin) == (
        "feature-login", "feature/login", "development", BRANCH)  # fmt: skip
    [build] = builds(shop)
    assert (build.commit, build.branch, build.trigger, build.stage_id) == (commit, "feature/login", "push", stage.id)


@pytest.fixture
def branch_of(shop: Seeded, github: Github) -> Callable[[str], Stage]:
    """A stage made for a branch, after another: `feature` has something of everything, `dev` nothing."""

    def prepare(session: Session) -> None:
        app, source = app_of(session, ALICE, "shop"), stage_named(session, "feature")
        source.account_id = session.scalars(sa.select(Account.id).where(Account.name == "production")).one()
        source.post_deploy, source.functions_only = "npm run smoke\nenv", True
        source.auto_promote, source.always_review = "", True  # of promotions: no branch's business
        orders = next(one for one in app.services if one.name == "orders")
        vault = shop.world.vault
        for name, value, kind, service in GIVEN:
            of = orders if service else None
            set_variable(session, vault, ALICE, app, name, value, kind=kind, stage=source, service=of)
        set_variable(session, vault, ALICE, app, "GONE", "x", stage=source)
        remove_variable(session, ALICE, app, "GONE", stage=source)
        session.add(MailServer(host="mail.example.com", port=587, security="starttls", sender="seed@example.com"))
        for asked in NOTIFIED:
            add_notification(session, ALICE, vault, source, asked, frozenset())

    def make(copy_from: str) -> Stage:
        shop.write(prepare)
        switch(shop, BRANCH, copy_from=copy_from)
        pushed(shop, github, "login")
        [stage] = made(shop)
        return stage

    return make


GIVEN = [("URL", "https://example.com", "plain", False), ("TOKEN", "never-told", "secret", False),
         ("PARAMETER", "/shop/key", "ssm", False), ("SECRET", "shop/key", "secretsmanager", False),
         ("URL", "https://orders.example.com", "plain", True)]  # fmt: skip
NOTIFIED = [Asked("slack", ("failed",), url="https://hooks.slack.com/services/T/B/X", channel="#shop"),
            Asked("email", ("failed", "succeeded"), recipients="a@example.com, b@example.com"),
            Asked("webhook", (), url="https://example.com/hook", key="k" * 32)]  # fmt: skip


def stage_named(session: Session, name: str) -> Stage:
    return session.scalars(sa.select(Stage).where(Stage.name == name)).one()


def test_item_by_item_it_has_what_the_chosen_stage_has(shop: Seeded, branch_of: Callable[[str], Stage]) -> None:
    stage = branch_of("feature")

    with shop.world.database.read() as session:
        account = session.get_one(Account, stage.account_id)
        rows = session.scalars(sa.select(Variable).where(Variable.stage_id == stage.id)).all()
        variables = [
            (row.name, value_of(session, shop.world.vault, row), row.kind, row.service is not None) for row in rows
        ]
        sealed = sa.select(VariableVersion.sealed_value).join(Variable).where(Variable.name == "TOKEN")
        seals = set(session.scalars(sealed))
        ours = notifications_of(session, ALICE, stage)
        theirs = notifications_of(session, ALICE, stage_named(session, "feature"))
        told, wanted = ([(row.kind, row.events, row.target, row.channel, *opened(row, stage.app_id, shop.world.vault))
                         for row in rows] for rows in (ours, theirs))  # fmt: skip

    assert (account.name, account.region) == ("production", "eu-central-1"), "the account, and with it the region"
    assert stage.post_deploy == "npm run smoke\nenv", "the commands after a deployment"
    assert stage.functions_only, "how functions are deployed"
    assert sorted(variables) == sorted(GIVEN), "variables of each kind and service, and none that was removed"
    assert len(seals) == 2, "a secret is under the new stage's own seal"
    assert told == wanted, "notifications, with what they hear of, their addresses and keys"
    assert [(kind, url, key) for kind, _, _, _, url, key in told] == [
        ("slack", "https://hooks.slack.com/services/T/B/X", ""), ("email", "", ""),
        ("webhook", "https://example.com/hook", "k" * 32),
    ]  # fmt: skip
    assert not {row.id for row in ours} & {row.id for row in theirs}, "copied: each is changed for itself"
    assert (stage.auto_promote, stage.always_review) == ("", False), "nothing that is of promotions"


def test_it_has_nothing_of_another_stage(shop: Seeded, branch_of: Callable[[str], Stage]) -> None:
    stage = branch_of("dev")
    with shop.world.database.read() as session:
        dev = stage_named(session, "dev")
        variables = sa.select(Variable.name).where(Variable.stage_id == stage.id, Variable.kind != REMOVED)
        assert not {"TOKEN", "PARAMETER"} & set(session.scalars(variables))
        assert notifications_of(session, ALICE, stage) == []
        assert (stage.account_id, stage.post_deploy, stage.functions_only) == (
            dev.account_id, dev.post_deploy, dev.functions_only)  # fmt: skip


def test_further_pushes_are_built_in_the_stage_that_is_there(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)
    first = pushed(shop, github, "login")
    github.push(first, "login")
    work(shop)
    second = pushed(shop, github, "login", "newer\n")

    assert names(shop) == ["login"]
    assert [build.commit for build in builds(shop)] == [first, second]


def test_without_the_switch_no_branch_gets_a_stage(shop: Seeded, github: Github) -> None:
    pushed(shop, github, "login")

    assert (made(shop), builds(shop)) == ([], [])


def test_the_apps_own_branch_and_those_of_stages_get_none(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)

    github.push(shop.repository.commit("On main", allow_empty=True))
    work(shop)

    assert made(shop) == []
    assert len(builds(shop)) == 1


def test_branches_that_sanitise_to_one_name_get_a_stage_each(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)
    for name in ("a/b", "a-b", "dev", "x" * 200):
        pushed(shop, github, name)

    found = names(shop)
    assert len(found) == len(set(found)) == 4
    assert {stage.branch for stage in made(shop)} == {"a/b", "a-b", "dev", "x" * 200}


def test_a_commit_that_asks_for_it_makes_no_stage(shop: Seeded, github: Github) -> None:
    switch(shop, BRANCH)

    pushed(shop, github, "login", "words [skip ci]")

    assert made(shop) == []


@pytest.mark.parametrize("more", ["", "; echo a warning >&2"])
def test_the_build_spec_may_name_the_stage(shop: Seeded, github: Github, more: str) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", f"stage_name_constructor: 'echo ${{SEED_STAGE_BRANCH#*/}} | tr A-Z a-z{more}'\n")
    shop.repository.commit("Named")

    pushed(shop, github, "feature/LOGIN")

    assert names(shop) == ["login"]


@pytest.mark.parametrize("command", ["exit 3", "echo '../x'", "true", "sleep 60"])
def test_a_name_that_cannot_be_used_is_made_of_the_branch(shop: Seeded, github: Github, command: str) -> None:
    switch(shop, BRANCH)
    shop.repository.write("seed.yml", f'stage_name_constructor: "{command}"\n')
    shop.repository.commit("Named")

    pushed(shop, github, "login")

    assert names(shop) == ["login"]


@pytest.mark.parametrize(
    "change",
    [
        Change(copy_from="prod"),
        Change(copy_from="nothing"),
        Change(most=0),
        Change(most=1000),
        Change(idle_days=-1),
        Change(only="a\nb"),
        Change(only="x" * 1001),
        Change(forks=True),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Seeded, change: Change) -> None:
    with pytest.raises(Invalid):
        shop.write(lambda s: change_automatic(s, ALICE, app_of(s, ALICE, "shop"), BRANCH, change))


def test_only_an_admin_switches_it(shop: Seeded) -> None:
    with pytest.raises(NotAllowed):
        shop.write(lambda s: change_automatic(s, Actor(2, "Bob", "deploy"), app_of(s, ALICE, "shop"), BRANCH, Change()))
