"""What runs is the very change set that was confirmed: whatever is done to it meanwhile, no other one is executed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.work.meeting_aws import STACK, Shop

from seed.aws.values import ChangeSetRequest


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.world.database.close()


def swapped(shop: Shop) -> None:
    """Somebody deletes what was confirmed, and makes another change set under its name."""
    name = shop.row().change_set_name
    template = shop.cloud._stacks[STACK].change_sets[name][0].template
    shop.cloud.delete_change_set(STACK, name)
    kind = "CREATE" if shop.cloud.stack(STACK).is_new else "UPDATE"
    other = template.replace("AWS::SNS::Topic", "AWS::IAM::User")
    shop.cloud.create_change_set(ChangeSetRequest(STACK, name, kind, other, {}, {}, ()))


@pytest.mark.parametrize("update", [False, True])
def test_between_confirmation_and_execution(shop: Shop, update: bool) -> None:
    if update:
        shop.carried_out(shop.confirmed())
    executed = list(shop.cloud.executed)
    asked = shop.confirmed(1)

    swapped(shop)
    done = shop.carried_out(asked)

    assert done.state == "stale"
    assert "not the one that was reviewed" in done.reason
    assert shop.cloud.executed == executed


def test_after_the_last_look_before_the_execution(shop: Shop) -> None:
    asked = shop.confirmed()
    calls = shop.cloud.change_set

    def look_then_swap(stack_name: str, change_set: str) -> object:
        answer = calls(stack_name, change_set)
        if answer is not None and not change_set.startswith("arn:"):
            shop.cloud.change_set = calls  # type: ignore[method-assign]
            swapped(shop)
        return answer

    shop.cloud.change_set = look_then_swap  # type: ignore[method-assign, assignment]
    done = shop.carried_out(asked)

    assert done.state == "failed"
    assert (shop.row().failure or {})["code"] == "change-set-moved"
    assert shop.cloud.executed == []
