"""What a configuration asks of its stack beside the template is sent, and shown where it changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.work.meeting_aws import STACK, Shop, package

from seed.changesets import from_json, headline
from seed.frameworks.assembly import StackSettings
from seed.packages import Package
from seed.promotions.records import ServicePlan
from seed.work.stacks.stack_settings import say_what_is_left_out

ALARMS = '{"MonitoringTimeInMinutes":5,"RollbackTriggers":[{"Arn":"arn:alarm","Type":"AWS::CloudWatch::Alarm"}]}'
POLICY = '{"Statement":[{"Action":"Update:*","Effect":"Allow","Principal":"*","Resource":"*"}]}'
BOTH = StackSettings(stack_policy=POLICY, rollback_configuration=ALARMS)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def rules(shop: Shop) -> set[str]:
    return {one.rule for one in from_json(shop.row().changes).findings}


def test_a_new_stack_gets_both_and_the_same_again_is_no_change(shop: Shop) -> None:
    assert shop.carried_out(shop.confirmed(settings=BOTH)).state == "promoted"
    assert shop.cloud.stack_policy(STACK) == POLICY
    assert shop.cloud.stack(STACK).rollback == ALARMS
    assert "Setting the stack's policy" in shop.log()

    assert shop.carried_out(shop.confirmed(1, BOTH)).state == "promoted"
    assert not {"stack-policy", "rollback-alarms"} & rules(shop)


def test_a_change_of_either_is_in_the_review_and_what_is_not_asked_for_stays(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.carried_out(shop.confirmed(1, BOTH))
    assert {"stack-policy", "rollback-alarms"} <= rules(shop)

    shop.carried_out(shop.confirmed(2))
    assert not {"stack-policy", "rollback-alarms"} & rules(shop)
    assert shop.cloud.stack_policy(STACK) == POLICY
    assert shop.cloud.stack(STACK).rollback == ALARMS


def test_a_policy_alone_is_reviewed_and_set(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())

    only = shop.confirmed(settings=StackSettings(stack_policy=POLICY))
    with shop.world.database.read() as session:
        changes = from_json(session.scalars(sa.select(ServicePlan).filter_by(promotion_id=only)).one().changes)
    assert [one.rule for one in changes.findings] == ["stack-policy"]
    assert headline(changes) == "No resource changes: only the stack's policy is set."
    assert shop.cloud.stack_policy(STACK) == ""

    assert shop.carried_out(only).state == "promoted"
    assert shop.cloud.stack_policy(STACK) == POLICY


def test_it_is_set_wherever_the_worker_dies(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())

    for lives in range(5):
        policy = POLICY.replace("Update:*", f"Update:{lives}")
        only = shop.confirmed(settings=StackSettings(stack_policy=policy))
        assert shop.carried_out(only, lives).state == "promoted"
        assert shop.cloud.stack_policy(STACK) == policy


def test_alarms_alone_wait_for_the_next_deployment(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())

    with pytest.raises(AssertionError, match="nothing would change"):
        shop.confirmed(settings=StackSettings(rollback_configuration=ALARMS))


def test_a_failed_deployment_sets_no_policy(shop: Shop) -> None:
    shop.carried_out(shop.confirmed())
    shop.cloud.fail_reasons = ["it exists already"]

    assert shop.carried_out(shop.confirmed(1, BOTH)).state == "failed"
    assert shop.cloud.stack_policy(STACK) == ""


def test_that_a_failure_is_not_rolled_back_is_told(shop: Shop) -> None:
    shop.confirmed(settings=StackSettings(disable_rollback=True))

    assert "rollback-disabled" in rules(shop)


def test_the_log_says_what_the_local_aws_does_not_do() -> None:
    one = package()
    asked = Package(**{**one.__dict__, "settings": BOTH})
    said: list[str] = []

    say_what_is_left_out(asked, said.append, local=False)
    assert said == []
    say_what_is_left_out(asked, said.append, local=True)
    assert "rollbackConfiguration is left out" in said[0]
    assert "does not enforce" in said[1]
