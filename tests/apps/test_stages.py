"""The pipeline's rules: what a stage is called, what it is for, where it stands, what comes into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.support.seeded import NoWork, Seeded, seeded

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
from seed.apps.find import app_of, stages_of
from seed.apps.new_stage import new_stage
from seed.apps.records import Account, App, Stage
from seed.apps.set_account import set_account
from seed.apps.stage_names import MOST, NAME, RESERVED, propose_stage_name
from seed.apps.stages import add_stage, downstream
from seed.builds.find import running_services
from seed.builds.records import Build, ServiceBuild
from seed.db.base import Base
from seed.errors import Conflict, Invalid
from seed.people.actor import Actor, NotAllowed
from seed.promotions.confirm import confirm
from seed.promotions.go_on import go_on
from seed.promotions.leads_there import leads_there
from seed.promotions.promote import NotDownstream
from seed.promotions.records import Promotion
from seed.removals.ask import ask_removal, doomed
from seed.removals.forget import ITS_OWN, forget
from seed.variables.records import Variable

ALICE = Actor(1, "Alice", "admin")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    made = seeded(tmp_path_factory.mktemp("seeded"))
    made.write(lambda s: s.query(Build).filter(Build.state.in_(("queued", "running"))).update({"state": "cancelled"}))
    open_ones = ("planning", "review", "confirmed", "deploying")
    made.write(lambda s: s.query(Promotion).filter(Promotion.state.in_(open_ones)).update({"state": "rejected"}))
    yield made
    made.world.bell.close()
    made.world.database.close()


@pytest.fixture
def session(shop: Seeded) -> Iterator[Session]:
    """A transaction that is taken back."""
    with Session(shop.world.database.writing, expire_on_commit=False) as made, made.begin() as transaction:
        yield made
        transaction.rollback()


def app(session: Session) -> App:
    return app_of(session, ALICE, "shop")


def stage(session: Session, name: str) -> Stage:
    return session.scalars(sa.select(Stage).where(Stage.app_id == app(session).id, Stage.name == name)).one()


def new(session: Session, name: str) -> Stage:
    return add_stage(session, ALICE, app(session), name, "main", stage(session, "dev").account)


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


def test_a_stage_from_which_nothing_was_promoted_leaves_no_rows(session: Session) -> None:
    forget(session, stage(session, "feature"))
    session.flush()

    assert session.scalar(sa.select(Stage).where(Stage.name == "feature")) is None


def test_a_stage_from_which_something_was_promoted_keeps_that_and_gives_up_its_secrets_and_its_name(
    session: Session,
) -> None:
    old = stage(session, "staging")
    promoted = session.scalars(sa.select(Promotion).join(Build, Build.id == Promotion.source_build_id)
                               .where(Build.stage_id == old.id)).all()  # fmt: skip
    session.add(Variable(app_id=old.app_id, stage_id=old.id, place=f"{old.id}/", name="TOKEN", kind="plain"))
    session.flush()

    forget(session, old)
    session.flush()

    assert promoted
    assert all(session.get(Promotion, one.id) for one in promoted)
    assert session.scalar(sa.select(Variable).where(Variable.stage_id == old.id)) is None
    assert "staging" not in {one.name for one in stages_of(session, old.app_id)}
    assert add_stage(session, ALICE, app(session), "staging", "main", old.account).id != old.id


def test_a_stage_with_an_open_review_is_not_removed(session: Session) -> None:
    promotion = session.scalars(sa.select(Promotion)).first()
    assert promotion is not None
    promotion.state = "review"
    session.flush()

    gone = promotion.source_build.stage
    with pytest.raises(StageInUse, match="has not ended"):
        ask_removal(session, NoWork(), ALICE, app(session), stage=gone, typed=gone.name, keep=True)


def test_what_hangs_on_a_stage_is_its_history_or_given_up_with_it() -> None:
    """A new table with a stage in it is to be thought of here."""
    tables = {table.name for table in Base.metadata.tables.values() for column in table.c
              if any(key.column.table.name == "stages" for key in column.foreign_keys)}  # fmt: skip
    history = {"builds", "service_builds", "downstream_packages", "promotions", "stage_locks"}

    choices = {"automatic_stages"}  # whom to copy; once that is gone, the first stage is copied

    assert tables == history | choices | {kind.__tablename__ for kind in ITS_OWN}


def test_what_comes_back_from_production_is_not_deployed_by_a_push_at_once(session: Session) -> None:
    made = new(session, "pre")
    set_kind(session, NoWork(), ALICE, made, "staging")

    set_kind(session, NoWork(), ALICE, made, "development")

    assert (made.branch, made.auto_deploy) == (app(session).branch, False)


def add(session: Session, **asked: str) -> Stage:
    given = {"kind": "production", "name": "prod-eu", "branch": "", **asked}
    return new_stage(session, NoWork(), ALICE, app(session), stage(session, "dev").account, **given)


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
        ({"kind": "development"}, "branch"),
        ({"name": "dev"}, "already"),
    ],
)
def test_a_stage_that_cannot_be_meant_is_not_added(session: Session, asked: dict[str, str], says: str) -> None:
    with pytest.raises((Invalid, Conflict), match=says):
        add(session, **asked)


def open_promotion(session: Session, source: str, target: str, state: str = "review") -> Promotion:
    of, to = stage(session, source), stage(session, target)
    build = session.scalars(sa.select(Build).where(Build.stage_id == of.id, Build.state == "succeeded")).first()
    assert build is not None
    made = Promotion(app_id=of.app_id, source_build_id=build.id, target_stage_id=to.id, state=state, asked_by="Alice")
    session.add(made)
    session.flush()
    return made


def without_staging(session: Session) -> None:
    set_kind(session, NoWork(), ALICE, stage(session, "staging"), "development")


def by_kind(session: Session) -> None:
    set_kind(session, NoWork(), ALICE, stage(session, "feature"), "staging")


def by_adding(session: Session) -> None:
    add(session, kind="staging", name="pre")


@pytest.mark.parametrize("change", [by_kind, by_adding])
@pytest.mark.parametrize(
    ("state", "after"), [("planning", "stale"), ("review", "stale"), ("confirmed", "confirmed"), ("deploying", "deploying")]
)  # fmt: skip
def test_what_may_not_go_to_production_any_more_ends(
    session: Session, change: Callable[[Session], None], state: str, after: str
) -> None:
    """What somebody confirmed while it was allowed goes on."""
    without_staging(session)
    made = open_promotion(session, "dev", "prod", state)

    change(session)

    assert made.state == after
    assert leads_there(session, made) is False


def test_a_review_past_a_new_staging_stage_is_not_confirmed_and_its_rest_does_not_go_on(session: Session) -> None:
    without_staging(session)
    made = open_promotion(session, "dev", "prod")
    made.digest = "sha256:1"
    stage(session, "feature").kind = "staging"
    session.flush()

    with pytest.raises(NotDownstream, match="do not go to prod any more"):
        confirm(session, NoWork(), ALICE, made, made.digest)
    made.state = "deploying"
    assert go_on(session, NoWork(), made, set()) is None
    assert made.state == "failed"


def test_a_rollback_stays_where_it_is(session: Session) -> None:
    made = open_promotion(session, "dev", "prod")
    made.kind = "rollback"

    assert leads_there(session, made)


def build_in(session: Session, at: Stage, state: str, stack: str = "") -> None:
    build = Build(
        app_id=at.app_id, stage_id=at.id, number=1, state=state, trigger="push", commit="a" * 40, asked_by="x"
    )
    session.add(build)
    session.flush()
    session.add(ServiceBuild(build_id=build.id, stage_id=at.id, service_id=app(session).services[0].id, state=state,
                             stack_name=stack))  # fmt: skip
    session.flush()


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


def stacks(session: Session, at: Stage) -> list[str]:
    return [one.stack_name for one in doomed(session, app(session), at, None)]


def test_a_removal_takes_every_stack_that_was_ever_deployed_and_none_of_a_stage_that_stays(session: Session) -> None:
    made = new(session, "gone")
    build_in(session, made, "failed", "orders-gone")
    assert stacks(session, made) == ["orders-gone"]

    running = running_services(session, stage(session, "dev").id)
    next(iter(running.values())).stack_name = "orders-gone"
    session.flush()

    assert stacks(session, made) == []
