"""The pipeline's rules: what a stage is called, what it is for, where it stands, what comes into it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.apps.staged import ALICE, add, app, build_in, new, stage
from tests.support.seeded import NoWork

from seed.apps.edit_stage import (
    LastProduction,
    StageInUse,
    rename_stage,
    set_auto_deploy,
    set_auto_promote,
    set_kind,
    set_order,
    set_source,
)
from seed.apps.find import stages_of
from seed.apps.records import Account, Service, Stage
from seed.apps.set_account import set_account
from seed.apps.stage_names import MOST, NAME, RESERVED, propose_stage_name
from seed.apps.stages import downstream
from seed.builds.deploy import Commit, add_build
from seed.builds.pipeline import pipeline
from seed.builds.records import Build, ServiceBuild
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor, NotAllowed


@pytest.mark.parametrize(
    ("branch", "name"),
    [
        ("main", "main"),
        ("feature/Log in", "feature-log-in"),
        ("release/1.2", "release-1-2"),
        ("42-fix", "b-42-fix"),
        ("settings", "b-settings"),
        ("-rf", "rf"),
        ("$(reboot)", "reboot"),
    ],
)
def test_a_name_is_proposed_from_the_branch(branch: str, name: str) -> None:
    assert propose_stage_name(branch) == name


@given(st.text(min_size=1, max_size=250))
def test_every_branch_has_a_name_that_aws_takes(branch: str) -> None:
    name = propose_stage_name(branch)

    assert NAME.fullmatch(name)
    assert name not in RESERVED


def test_two_long_branches_do_not_share_a_stage() -> None:
    first, second = (propose_stage_name("feature/" + "x" * 190 + end) for end in "ab")

    assert first != second
    assert max(len(first), len(second)) <= MOST


def test_a_stage_is_renamed_before_its_first_build_and_not_after(session: Session) -> None:
    rename_stage(session, ALICE, new(session, "tset"), "test")

    assert stage(session, "test").branch == "main"
    with pytest.raises(StageInUse, match="stacks carry its name"):
        rename_stage(session, ALICE, stage(session, "dev"), "development")
    with pytest.raises(Conflict, match="already"):
        rename_stage(session, ALICE, stage(session, "test"), "prod")


def test_staging_stands_between_development_and_production(session: Session) -> None:
    set_kind(session, NoWork(), ALICE, stage(session, "staging"), "development")
    assert [one.name for one in downstream(session, stage(session, "dev"))] == ["prod"]

    set_kind(session, NoWork(), ALICE, new(session, "pre"), "staging")

    assert [one.name for one in downstream(session, stage(session, "dev"))] == ["pre"]
    assert [one.name for one in downstream(session, stage(session, "pre"))] == ["prod"]
    assert (stage(session, "pre").branch, stage(session, "pre").auto_deploy) == ("", False)


def test_code_that_cloudformation_does_not_know_of_stays_in_development(session: Session) -> None:
    made = new(session, "pre")
    services = session.scalars(sa.select(Service)).all()
    built = add_build(session, made.id, Commit("a" * 40), services, trigger="push", branch="main", asked_by="x")
    rows = sa.update(ServiceBuild).where(ServiceBuild.build_id == built.id)
    session.execute(rows.values(state="succeeded", code_ahead=True))
    session.execute(sa.update(Build).where(Build.id == built.id).values(state="succeeded"))

    with pytest.raises(Conflict, match="that CloudFormation does not know of") as told:
        set_kind(session, NoWork(), ALICE, made, "staging")
    assert told.value.hint == "Deploy it whole first: seed deploy shop pre --force"

    session.execute(rows.values(code_ahead=False))
    set_kind(session, NoWork(), ALICE, made, "staging")


def test_a_pipeline_has_a_production_stage_and_may_have_several(session: Session) -> None:
    with pytest.raises(LastProduction):
        set_kind(session, NoWork(), ALICE, stage(session, "prod"), "development")

    set_kind(session, NoWork(), ALICE, new(session, "prod-eu"), "production")
    assert {one.name for one in downstream(session, stage(session, "staging"))} == {"prod", "prod-eu"}

    set_kind(session, NoWork(), ALICE, stage(session, "prod-eu"), "development")
    assert stage(session, "prod-eu").branch == app(session).branch


def test_a_kind_that_is_none_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="no kind of stage"):
        set_kind(session, NoWork(), ALICE, stage(session, "dev"), "playground")


def test_a_stage_that_is_being_deployed_stays_what_it_is(session: Session) -> None:
    made = new(session, "busy")
    session.add(Build(app_id=made.app_id, stage_id=made.id, number=1, trigger="push", commit="a" * 40, asked_by="seed"))
    session.flush()

    with pytest.raises(StageInUse, match="has not ended"):
        set_kind(session, NoWork(), ALICE, made, "staging")


def test_an_order_keeps_the_kinds_in_order(session: Session) -> None:
    for name in ("one", "two"):
        new(session, name)
    names = [one.name for one in session.scalars(sa.select(Stage).where(Stage.app_id == app(session).id))]

    set_order(session, ALICE, app(session), ["prod", "two", "one", *(set(names) - {"prod", "one", "two"})])

    ordered = session.scalars(sa.select(Stage.name).where(Stage.app_id == app(session).id).order_by(Stage.position))
    found = list(ordered)
    assert found[:2] == ["two", "one"]
    assert found[-1] == "prod"
    with pytest.raises(Invalid, match="every stage"):
        set_order(session, ALICE, app(session), ["dev"])


def test_what_came_by_itself_stands_last_until_it_is_somebodys(session: Session) -> None:
    """A crowd of branches keeps production in sight."""
    made = new(session, "login")
    made.origin = "branch"
    session.flush()
    names = [one.name for one in stages_of(session, made.app_id)]

    set_order(session, ALICE, app(session), ["login", *(name for name in names if name != "login")])
    assert [one.name for one in stages_of(session, made.app_id)][-1] == "login"
    assert pipeline(session, app(session)).columns[-1].name == "login"

    set_source(session, ALICE, made, "next")
    assert [one.kind for one in stages_of(session, made.app_id)][-1] == "production"


def test_a_branch_belongs_to_development_and_promotions_to_the_rest(session: Session) -> None:
    set_source(session, ALICE, stage(session, "dev"), "next")
    set_auto_deploy(session, ALICE, stage(session, "dev"), on=False)
    set_auto_promote(session, ALICE, stage(session, "prod"), "findings")

    assert (stage(session, "dev").branch, stage(session, "dev").auto_deploy) == ("next", False)
    assert stage(session, "prod").auto_promote == "findings"
    with pytest.raises(Invalid, match="reached by promotion"):
        set_source(session, ALICE, stage(session, "prod"), "main")
    with pytest.raises(Invalid, match="development stage"):
        set_auto_promote(session, ALICE, stage(session, "dev"), "never")
    with pytest.raises(Invalid, match="no way to promote"):
        set_auto_promote(session, ALICE, stage(session, "prod"), "sometimes")


@pytest.mark.parametrize(
    "edit",
    [
        lambda s, who: rename_stage(s, who, stage(s, "dev"), "x"),
        lambda s, who: set_kind(s, NoWork(), who, stage(s, "dev"), "staging"),
        lambda s, who: set_order(s, who, app(s), ["dev", "prod"]),
        lambda s, who: set_source(s, who, stage(s, "dev"), "x"),
        lambda s, who: set_auto_deploy(s, who, stage(s, "dev"), on=False),
        lambda s, who: set_auto_promote(s, who, stage(s, "prod"), "never"),
    ],
)
def test_only_an_administrator_edits_the_pipeline(session: Session, edit: object) -> None:
    with pytest.raises(NotAllowed):
        edit(session, Actor(2, "Bob", "deploy"))


def test_what_comes_back_from_production_is_not_deployed_by_a_push_at_once(session: Session) -> None:
    made = new(session, "pre")
    set_kind(session, NoWork(), ALICE, made, "staging")

    set_kind(session, NoWork(), ALICE, made, "development")

    assert (made.branch, made.auto_deploy) == (app(session).branch, False)


def test_a_production_region_is_added_as_one_and_no_push_comes_in(session: Session) -> None:
    made = add(session)

    assert (made.kind, made.branch, made.auto_deploy) == ("production", "", False)
    assert {one.name for one in downstream(session, stage(session, "staging"))} == {"prod", "prod-eu"}
    assert [one.name for one in stages_of(session, made.app_id)][-1] == "prod-eu"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"branch": "main"}, "follows no branch"),
        ({"kind": "playground"}, "no kind of stage"),
        ({"name": ""}, "cannot name a stage"),
        ({"kind": "development"}, "A development stage follows a branch"),
        ({"name": "settings"}, "A page of the app is called so"),
        ({"name": "dev"}, "already"),
    ],
)
def test_a_stage_that_cannot_be_meant_is_not_added(session: Session, asked: dict[str, str], says: str) -> None:
    with pytest.raises((Invalid, Conflict), match=says):
        add(session, **asked)


@pytest.mark.parametrize(
    ("state", "stack", "says"),
    [
        ("succeeded", "orders-x", "may be there"),
        ("failed", "orders-x", "may be there"),
        ("cancelled", "orders-x", "may be there"),
        ("queued", "", "has not ended"),
        ("failed", "", ""),
        ("", "", ""),
    ],
)
def test_account_and_region_are_locked_once_a_stack_may_be_there(
    session: Session, state: str, stack: str, says: str
) -> None:
    made = new(session, "region")
    if state:
        build_in(session, made, state, stack)
    other = session.scalars(sa.select(Account).where(Account.id != made.account_id)).first()
    assert other is not None

    if says:
        with pytest.raises(StageInUse, match=says):
            set_account(session, ALICE, made, other)
    else:
        set_account(session, ALICE, made, other)

    assert (made.account_id == other.id) is (not says)
