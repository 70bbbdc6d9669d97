"""Deployments that fail by chance are tried again, once each, wherever they are killed; others are left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.dying import Died
from tests.work.meeting_aws import STACK, Shop, StopsAtTheFirstWait

from seed.audit.records import AuditEvent
from seed.aws.errors import Throttled
from seed.builds.records import ServiceBuild
from seed.errors import Stopping
from seed.removals.records import Removal, RemovedStack
from seed.work.promoting.apply import apply
from seed.work.removing.remove import remove
from seed.work.stacks.try_again import clear_away

CONFLICT = "Another Deployment is in progress for rest api with id a1 (Service: AmazonApiGateway; Status Code: 409)"
FOR_GOOD = "api-prod-table already exists"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def test_a_first_deployment_that_failed_by_chance_is_removed_and_made_again(shop: Shop) -> None:
    shop.cloud.fail_reasons = [CONFLICT]
    done = shop.carried_out(shop.confirmed())

    row = shop.row()
    assert (done.state, row.state) == ("promoted", "succeeded")
    [attempt] = row.attempts or []
    assert (attempt["number"], attempt["status"], attempt["remove"]) == (1, "ROLLBACK_COMPLETE", True)
    assert CONFLICT in attempt["reason"]
    assert len(shop.cloud.deleted) == 1
    assert attempt["change_set_arn"] != row.change_set_arn
    assert "✗ Attempt 1: Queue (AWS::SQS::Queue): Another Deployment" in shop.log()
    with shop.world.database.read() as session:
        assert session.scalar(sa.select(AuditEvent.subject).where(AuditEvent.action == "stack.removed")) == STACK


def test_an_update_that_failed_by_chance_is_made_again_and_its_stack_never_removed(shop: Shop) -> None:
    assert shop.carried_out(shop.confirmed()).state == "promoted"
    shop.cloud.fail_reasons = [CONFLICT, CONFLICT, CONFLICT]

    assert shop.carried_out(shop.confirmed(1)).state == "promoted"
    assert [one["remove"] for one in shop.row().attempts or []] == [False] * 3
    assert shop.cloud.deleted == []
    assert '"VisibilityTimeout": 2' in (shop.cloud.template(STACK) or "")


def test_after_three_retries_it_stays_failed(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.cloud.fail_reasons = [CONFLICT] * 4

    done = shop.carried_out(shop.confirmed(1))
    assert done.state == "failed"
    assert len(shop.row().attempts or []) == 3
    assert len(shop.cloud.executed) == 5


def test_what_fails_for_good_is_not_tried_again(shop: Shop) -> None:
    shop.cloud.fail_reasons = [FOR_GOOD]

    assert shop.carried_out(shop.confirmed()).state == "failed"
    assert shop.row().attempts is None
    assert len(shop.cloud.executed) == 1


def test_what_a_failed_first_deployment_left_goes_before_the_next_is_planned(shop: Shop) -> None:
    shop.cloud.fail_reasons = [FOR_GOOD]
    shop.carried_out(shop.confirmed())
    assert shop.cloud.deleted == []

    assert shop.carried_out(shop.confirmed(1)).state == "promoted"
    [deleted] = shop.cloud.deleted
    assert deleted.endswith("ROLLBACK_COMPLETE")


def test_a_stack_that_once_succeeded_is_never_removed(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.cloud.put_in_state(STACK, "ROLLBACK_COMPLETE")  # CloudFormation would not; nothing is left to chance

    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE and cannot be updated"):
        shop.confirmed(1)
    assert shop.cloud.deleted == []


def test_what_nobody_has_confirmed_is_not_executed_by_another_attempt(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    asked = shop.confirmed(1)
    shop.cloud.fail_reasons = [CONFLICT]
    shop.cloud.lives = None
    stack = shop.cloud._stacks[STACK]
    changed = stack.template.replace('"Topic"', '"Other"')
    run = shop.cloud._run
    shop.cloud._run = lambda *given: (run(*given), setattr(stack, "template", changed))  # type: ignore[method-assign, assignment]

    done = shop.carried_out(asked)
    assert done.state == "failed"
    assert "nobody has confirmed" in (done.reason or "")
    assert len(shop.cloud.executed) == 2


@pytest.mark.parametrize(
    "first", [pytest.param(True, id="first deployment"), pytest.param(False, id="update", marks=pytest.mark.campaign)]
)
def test_killed_at_any_call_it_goes_on_and_deploys_nothing_twice(shop: Shop, first: bool) -> None:
    shop.carried_out(shop.confirmed())
    for lives in range(1000):
        if first:
            shop.cloud.delete_stack(STACK, "")
        asked = shop.confirmed(lives + 1)
        executed, deleted, calls = len(shop.cloud.executed), len(shop.cloud.deleted), shop.cloud.calls
        shop.cloud.fail_reasons = [CONFLICT, CONFLICT]
        done = shop.carried_out(asked, lives)
        assert done.state == "promoted", (lives, done.reason)
        assert len(shop.cloud.executed) - executed == 3
        assert max(Counter(shop.cloud.executed).values()) == 1
        assert len(shop.cloud.deleted) - deleted == (2 if first else 0)
        if shop.cloud.calls - calls <= lives:
            assert lives > 20
            return  # it was not killed any more
    pytest.fail("it is killed for ever")


@pytest.mark.parametrize("after_deleting", [False, True])
def test_what_is_removed_is_told_of_once_wherever_it_is_killed(shop: Shop, after_deleting: bool) -> None:
    shop.cloud.fail_reasons = [FOR_GOOD]
    shop.carried_out(shop.confirmed())
    stack = shop.cloud.stack(STACK)
    assert stack is not None

    def dies() -> None:
        shop.cloud.when_deleted = lambda: None
        if not after_deleting:  # AWS has not heard of it
            shop.cloud._stacks[STACK] = gone
            shop.cloud.deleted.clear()
        raise Died

    gone = shop.cloud._stacks[STACK]
    shop.cloud.when_deleted = dies
    with pytest.raises(Died):
        clear_away(shop.world, shop.cloud, shop.app.id, STACK)
    clear_away(shop.world, shop.cloud, shop.app.id, STACK)

    assert len(shop.cloud.deleted) == 1
    with shop.world.database.read() as session:
        [event] = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "stack.removed"))
    assert (event.subject, event.details["stack_id"]) == (STACK, stack.stack_id)


def test_a_server_that_stops_while_it_waits_goes_on_with_the_same_attempt(tmp_path: Path) -> None:
    shop = Shop(tmp_path, seconds=600)
    shop.cloud.fail_reasons = [CONFLICT]
    asked = shop.confirmed()

    with pytest.raises(Stopping):
        apply(replace(shop.world, stopping=StopsAtTheFirstWait()), asked)
    row = shop.row()
    assert (row.state, len(row.attempts or []), row.last_event) == ("deploying", 1, "")

    with shop.world.database.write() as session:
        waiting = session.get_one(ServiceBuild, row.id)
        waiting.attempts = [{**(row.attempts or [{}])[0], "again_at": datetime.now(UTC).isoformat()}]
    assert shop.carried_out(asked).state == "promoted"
    assert len(shop.row().attempts or []) == 1


@pytest.mark.parametrize(("times", "state"), [(3, "removed"), (4, "failed")])
def test_a_removal_that_aws_throttles_is_tried_again_three_times(shop: Shop, times: int, state: str) -> None:
    shop.carried_out(shop.confirmed())
    with shop.world.database.write() as session:
        removal = Removal(app_id=shop.app.id, app="shop", stage="prod", asked_by="Alice")
        session.add(removal)
        session.flush()
        stack = RemovedStack(removal_id=removal.id, account_id=shop.account.id, stage="prod", service="api", phase=1,
                             stack_name=STACK)  # fmt: skip
        session.add(stack)
    real = shop.cloud.delete_stack
    failures = [Throttled("AWS asks to slow down.")] * times

    def throttled(name: str, token: str) -> None:
        if failures:
            raise failures.pop()
        real(name, token)

    shop.cloud.delete_stack = throttled  # type: ignore[method-assign]
    remove(shop.world, removal.id)

    with shop.world.database.read() as session:
        row = session.get_one(RemovedStack, stack.id)
        assert len(row.attempts or []) == 3
        assert session.get_one(Removal, removal.id).state == state
