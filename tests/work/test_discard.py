"""A review that nobody carries out goes without a trace, and takes no other review with it."""

from __future__ import annotations

import json

import pytest

from seed.aws.errors import AccessDenied
from seed.aws.fake import FakeCloud
from seed.aws.values import ChangeSetRequest
from seed.work.stacks.discard_change_set import discard_change_set

STACK = "shop-prod"
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


class AsksForNoList(FakeCloud):
    """A role that was made before Seed asked for the list."""

    def change_sets(self, stack_name: str) -> tuple[str, ...]:
        raise AccessDenied("cloudformation:ListChangeSets is not allowed.", where=stack_name)


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud()


def reviewed(cloud: FakeCloud, *names: str) -> None:
    for name in names:
        cloud.create_change_set(ChangeSetRequest(STACK, name, "CREATE", TEMPLATE, {}, {}, ()))


def test_a_stack_that_only_held_it_goes_too(cloud: FakeCloud) -> None:
    reviewed(cloud, "one")

    discard_change_set(cloud, STACK, "one")

    assert cloud.stack(STACK) is None


def test_another_review_of_the_same_new_stack_stays_and_can_be_carried_out(cloud: FakeCloud) -> None:
    reviewed(cloud, "one", "two")

    discard_change_set(cloud, STACK, "one")
    cloud.execute_change_set(STACK, "two", "token")

    assert len(cloud.executed) == 1


def test_the_last_of_them_takes_the_stack_with_it(cloud: FakeCloud) -> None:
    reviewed(cloud, "one", "two")

    discard_change_set(cloud, STACK, "one")
    discard_change_set(cloud, STACK, "two")

    assert cloud.stack(STACK) is None


def test_where_nobody_may_ask_the_stack_stays() -> None:
    cloud = AsksForNoList()
    reviewed(cloud, "one")

    discard_change_set(cloud, STACK, "one")

    stack = cloud.stack(STACK)
    assert stack is not None
    assert stack.is_new
