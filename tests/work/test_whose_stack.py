"""A stack is deployed by one service of one stage: whoever else would deploy it is refused, and told whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.machines import stage_with, world_of
from tests.support.rows import DIGEST
from tests.work.meeting_aws import STACK, Shop

from seed.apps.records import Account, App, Service, Stage
from seed.apps.services import forget_service
from seed.builds.deploy import Commit, add_build
from seed.builds.records import ServiceBuild
from seed.db.base import now
from seed.removals.ask import doomed, once_made
from seed.work.stacks.whose_stack import who_else_runs


def ran(session: Session, stage: Stage, service: Service, stack: str = "api-dev", state: str = "succeeded") -> None:
    build = add_build(session, stage.id, Commit("a" * 40), [service], trigger="push", branch="main", asked_by="x")
    build.state = "succeeded" if state == "succeeded" else "failed"
    row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
    row.state, row.stack_name, row.package_digest = state, stack, DIGEST
    session.flush()


class Two:
    """Two services of an app, and an app beside it that reaches the same account by another name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.stage, (self.api, self.web) = stage_with(session, "api", "web")
        self.beside, (self.other,) = stage_with(session, "api")
        for stage in (self.stage, self.beside):
            account = session.get_one(Account, stage.account_id)
            account.aws_account, account.region = f"of {self.stage.app_id}", "eu-west-1"
        session.flush()

    def account(self) -> Account:
        return self.session.get_one(Account, self.beside.account_id)


@pytest.fixture
def two() -> Iterator[Two]:
    with world_of("whose stack").database.write() as session:
        yield Two(session)


Happened = Callable[[Two], object]


def beside(two: Two, stack: str = "api-dev", state: str = "succeeded") -> None:
    ran(two.session, two.beside, two.other, stack, state)


@pytest.mark.parametrize(
    ("happened", "refused"),
    [
        pytest.param(lambda _: None, False, id="nobody's"),
        pytest.param(lambda two: ran(two.session, two.stage, two.api), False, id="its own"),
        pytest.param(lambda two: ran(two.session, two.stage, two.web), True, id="another service's of the stage"),
        pytest.param(beside, True, id="another app's"),
        pytest.param(lambda two: beside(two, "api-prod"), False, id="of another name"),
        pytest.param(lambda two: beside(two, state="failed"), False, id="never deployed"),
        pytest.param(lambda two: (beside(two), beside(two, "renamed")), False, id="left for another since"),
        pytest.param(lambda two: (beside(two), beside(two, "renamed", "failed")), True, id="not left yet"),
        pytest.param(lambda two: (beside(two), setattr(two.account(), "region", "eu-west-2")), False, id="in another region"),
        pytest.param(lambda two: (beside(two), setattr(two.account(), "aws_account", "?")), False, id="in another account"),
        pytest.param(lambda two: (beside(two), setattr(two.account(), "aws_account", "")), False, id="in nobody knows which"),
        pytest.param(lambda two: (beside(two), setattr(two.other, "removed_at", now())), False, id="of a service that was removed"),
        pytest.param(lambda two: (beside(two), setattr(two.beside, "removed_at", now())), False, id="of a stage that was removed"),
    ],
)  # fmt: skip
def test_whose_a_stack_is(two: Two, happened: Happened, *, refused: bool) -> None:
    happened(two)
    two.session.flush()

    assert (who_else_runs(two.session, two.stage, two.api.id, "api-dev") is not None) == refused


def goes(two: Two) -> list[str]:
    """With the stage of the first app."""
    app = two.session.get_one(App, two.stage.app_id)
    return [one.stack_name for one in doomed(two.session, app, two.stage, None)]


@pytest.mark.parametrize(
    ("happened", "left"),
    [
        pytest.param(lambda _: None, ["api-dev", "api-new"], id="nobody runs in what it has left"),
        pytest.param(beside, ["api-new"], id="another app does by now"),
        pytest.param(lambda two: beside(two, "api-new"), ["api-dev"], id="another app runs in its own, as it once could"),
        pytest.param(lambda two: (beside(two), setattr(two.account(), "region", "eu-west-2")), ["api-dev", "api-new"],
                     id="in another region"),
        pytest.param(lambda two: forget_service(two.session, two.session.get_one(App, two.stage.app_id), two.api), [],
                     id="it was let go of with its service"),
    ],
)  # fmt: skip
def test_a_removal_takes_no_stack_that_is_another_ones_or_was_let_go_of(
    two: Two, happened: Happened, left: list[str]
) -> None:
    ran(two.session, two.stage, two.api)
    ran(two.session, two.stage, two.api, "api-new")
    happened(two)
    two.session.flush()

    assert sorted(goes(two)) == left


def test_of_a_stack_that_stays_it_is_told_who_runs_in_it(two: Two) -> None:
    ran(two.session, two.stage, two.api)
    ran(two.session, two.stage, two.api, "api-new")
    beside(two)
    app = two.session.get_one(App, two.stage.app_id)

    found = once_made(two.session, app, two.stage, None)

    assert {one.stack_name: one.left_to for one in found} == {
        "api-dev": f"api of {two.beside.app.slug} in {two.beside.name}",
        "api-new": "",
    }


def test_a_promotion_to_the_stack_of_another_stage_plans_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.source_stack = STACK

    with pytest.raises(AssertionError, match=f"The stack {STACK} is that of api of shop in dev"):
        shop.confirmed()

    assert shop.cloud.change_sets(STACK) == ()
    shop.world.database.close()
