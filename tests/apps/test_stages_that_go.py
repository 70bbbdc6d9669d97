"""What ends with a stage, or with the way that led to it: open promotions, rows, stacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.apps.staged import ALICE, add, app, build_in, new, stage
from tests.support.seeded import NoWork

from seed.apps.edit_stage import (
    StageInUse,
    set_kind,
)
from seed.apps.find import stages_of
from seed.apps.records import Stage
from seed.apps.stages import add_stage
from seed.builds.find import running_services
from seed.builds.records import Build
from seed.db.base import Base
from seed.promotions.confirm import confirm
from seed.promotions.go_on import go_on
from seed.promotions.leads_there import leads_there
from seed.promotions.promote import NotDownstream
from seed.promotions.records import Promotion
from seed.removals.ask import ask_removal, doomed
from seed.removals.forget import ITS_OWN, forget
from seed.variables.records import Variable


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
