"""Following a deployment to its end, whatever AWS does meanwhile."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound
from tests.support.clock import Hands

from seed.aws.errors import (
    AccessDenied,
    CredentialsExpired,
    CredentialsMissing,
    NetworkLost,
    StackBusy,
    StackNotUpdatable,
    Throttled,
    check_updatable,
    told,
)
from seed.aws.fake import FakeCloud
from seed.aws.follow import GONE, STACK, Patience, StackStuck, follow
from seed.aws.pace import FAR, NEAR, Pace, Speed
from seed.aws.values import ChangeSetRequest, Stack, StackEvent
from seed.errors import Cancelled, SeedError

TEMPLATE = json.dumps({"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "B": {"Type": "AWS::SNS::Topic"}}})


Fake = TypeVar("Fake", bound=FakeCloud)


def executed(cloud: Fake) -> Fake:
    cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", TEMPLATE, {}, {}, ()))
    cloud.execute_change_set("app", "one", "token")
    return cloud


def test_events_that_come_over_time_are_all_told_in_order() -> None:
    cloud = FakeCloud()
    cloud.events_per_look = 1
    seen: list[str] = []

    end = follow(executed(cloud), "app", lambda event: seen.append(event.logical_id))

    assert end.ok
    assert seen == ["app", "A", "A", "B", "B", "app"]


def test_throttling_and_a_lost_network_are_waited_out() -> None:
    cloud = executed(FakeCloud())
    cloud.failing = [Throttled("slow down"), NetworkLost("no route"), Throttled("slow down")]

    assert follow(cloud, "app", lambda _event: None).ok


def test_the_first_failing_resource_and_its_reason_are_found() -> None:
    cloud = FakeCloud()
    cloud.fail_resource = "B"

    end = follow(executed(cloud), "app", lambda _event: None)

    assert (end.ok, end.status, end.failed_resource, end.reason) == (False, "ROLLBACK_COMPLETE", "B", "Told to fail")


class _Nested(FakeCloud):
    """Its resource B is a stack with another in it; both have failed before, and fail again."""

    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        if not stack_name.startswith("physical-"):
            return super().events(stack_name, after)
        if stack_name == "physical-Z":
            raise AccessDenied("cloudformation:DescribeStackEvents")
        inside = {"physical-B": ("Inner", STACK, INNER), "physical-Inner": ("Queue", "AWS::SQS::Queue", "No room")}
        logical_id, kind, reason = inside[stack_name]
        own = replace(self._event("itself", STACK, "UPDATE_FAILED", "", "of itself"), physical_id=stack_name)
        before = replace(
            self._event(logical_id, kind, "UPDATE_FAILED", "", "long ago"), at=datetime(2020, 1, 1, tzinfo=UTC)
        )
        return [before, own, self._event(logical_id, kind, "UPDATE_FAILED", "", reason)]


INNER = "Embedded stack arn was not successfully updated: The following resource(s) failed to update: [Queue]."


def test_what_failed_within_a_nested_stack_is_told_with_its_own_reason() -> None:
    cloud = _Nested()
    template = json.dumps({"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "B": {"Type": STACK}}})
    cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", template, {}, {}, ()))
    cloud.fail_resource = "B"
    cloud.execute_change_set("app", "one", "token")
    seen: list[str] = []

    end = follow(cloud, "app", lambda event: seen.append(event.logical_id))

    assert (end.failed_resource, end.failed_type, end.reason) == ("Queue", "AWS::SQS::Queue", "No room")
    assert seen[-2:] == ["Inner", "Queue"], "the log has the way there"


def test_a_nested_stack_that_cannot_be_looked_into_is_told_as_it_is() -> None:
    cloud = _Nested()
    template = json.dumps({"Resources": {"Z": {"Type": STACK}}})
    cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", template, {}, {}, ()))
    cloud.fail_resource = "Z"
    cloud.execute_change_set("app", "one", "token")

    assert follow(cloud, "app", lambda _event: None).reason == "Told to fail"


def test_a_server_that_stops_leaves_the_stack_alone() -> None:
    with pytest.raises(Cancelled):
        follow(executed(FakeCloud()), "app", lambda _event: None, cancelled=lambda: True)


class Watched(FakeCloud):
    """On a clock of its own; each look first does what the test wants of it."""

    def __init__(self, speed: Speed = FAR) -> None:
        self.hands = Hands()
        super().__init__(pace=Pace(speed, self.hands.clock))
        self.looks = 0
        self.failure: SeedError | None = None
        self.not_seen = 0
        """Looks at which CloudFormation does not know the stack."""

    def stack(self, name: str) -> Stack | None:
        self.not_seen -= 1
        return super().stack(name) if self.not_seen < 0 else None

    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        self.looks += 1
        if self.failure is not None:
            raise self.failure
        return super().events(stack_name, after)


@pytest.mark.parametrize("kind", [Throttled, NetworkLost, CredentialsExpired, CredentialsMissing])
def test_what_keeps_us_from_seeing_the_stack_is_waited_out_and_then_told(kind: type[SeedError]) -> None:
    cloud = Watched()
    executed(cloud)
    cloud.failure = kind("It cannot be seen.", hint="Renew it.")
    began = cloud.hands.at

    with pytest.raises(kind) as told_at_last:
        follow(cloud, "app", lambda _event: None, patience=Patience(lost=300))

    assert 300 < cloud.hands.at - began < 330
    assert "last seen 6 minutes ago" in told_at_last.value.sentence
    assert "CloudFormation goes on by itself" in told_at_last.value.hint


def test_credentials_that_were_renewed_meanwhile_are_used() -> None:
    cloud, renewed = Watched(), Watched()
    executed(cloud)
    renewed._stacks = cloud._stacks
    cloud.failure = CredentialsExpired("They have expired.")
    asked: list[int] = []

    def renew() -> FakeCloud:
        asked.append(1)
        return renewed if len(asked) == 3 else cloud

    assert follow(cloud, "app", lambda _event: None, renew=renew).ok
    assert len(asked) == 3


def test_one_complaint_of_aws_slows_everybody_in_the_account() -> None:
    cloud = Watched()
    executed(cloud)
    cloud.failing = [Throttled("slow down")]
    with cloud.pace.following(calls=100):
        pauses = [cloud.pace.pause(0)]
        follow(cloud, "app", lambda _event: pauses.append(cloud.pace.pause(0)), patience=Patience(lost=300))
        assert max(pauses) > pauses[0], "and grows back as time goes by"


def test_a_stack_that_is_gone_at_two_looks_is_an_end_and_at_one_it_is_not() -> None:
    cloud = Watched()
    cloud.events_per_look = 0
    executed(cloud)

    def deleted(_cloud: object, _stack: object) -> None:
        cloud._stacks.clear()

    end = follow(cloud, "app", lambda _event: None, on_look=deleted)

    assert (end.ok, end.status) == (False, GONE)
    assert "app is gone" in end.reason
    assert cloud.looks == 3

    there = executed(Watched())
    there.not_seen = 1
    assert follow(there, "app", lambda _event: None).ok


def test_another_stack_of_its_name_is_not_the_one_that_was_deployed() -> None:
    cloud = Watched()
    cloud.events_per_look = 0
    executed(cloud)

    def made_again(_cloud: object, _stack: object) -> None:
        cloud._stacks.clear()
        cloud.events_per_look = 1000
        executed(cloud)

    end = follow(cloud, "app", lambda _event: None, on_look=made_again)

    assert (end.ok, end.status) == (False, GONE)


def test_a_stack_that_stands_still_on_the_local_aws_is_given_up_and_on_aws_it_is_not() -> None:
    near = Watched(NEAR)
    near.events_per_look = 0
    executed(near)
    near.put_in_state("app", "CREATE_IN_PROGRESS")
    began = near.hands.at

    with pytest.raises(StackStuck) as stuck:
        follow(near, "app", lambda _event: None, patience=Patience(stuck=50))

    assert 50 < near.hands.at - began < 55
    assert "CREATE_IN_PROGRESS" in stuck.value.sentence
    assert stuck.value.hint

    far = Watched()
    far.events_per_look = 0
    executed(far)
    far.put_in_state("app", "CREATE_IN_PROGRESS")
    began = far.hands.at
    with pytest.raises(Cancelled):
        follow(far, "app", lambda _event: None, cancelled=lambda: far.hands.at - began > 3 * 3600)


def test_a_stack_that_is_slow_but_goes_on_is_not_stuck() -> None:
    cloud = Watched(NEAR)
    cloud.events_per_look = 0
    executed(cloud)
    last = [cloud.hands.at]

    def on_look(_cloud: object, _stack: object) -> None:
        cloud.events_per_look = 1 if cloud.hands.at - last[0] > 45 else 0
        last[0] = cloud.hands.at if cloud.events_per_look else last[0]

    end = follow(cloud, "app", lambda _event: None, on_look=on_look, patience=Patience(stuck=50))

    assert end.ok


def test_other_change_sets_of_a_stack_are_obsolete_once_one_ran() -> None:
    cloud = FakeCloud()
    cloud.create_change_set(ChangeSetRequest("app", "two", "CREATE", TEMPLATE, {}, {}, ()))

    executed(cloud)

    assert cloud.change_set("app", "two").execution_status == "OBSOLETE"


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"])
def test_a_stack_that_cannot_be_updated_is_named_with_what_to_do(state: str) -> None:
    cloud = FakeCloud()
    cloud.put_in_state("app", state)

    with pytest.raises(StackNotUpdatable) as refused:
        check_updatable(cloud.stack("app"), "app")

    assert state in refused.value.sentence
    assert "aws cloudformation" in refused.value.hint


def test_a_stack_that_somebody_else_updates_is_busy() -> None:
    cloud = FakeCloud()
    cloud.put_in_state("app", "UPDATE_IN_PROGRESS")

    with pytest.raises(StackBusy):
        check_updatable(cloud.stack("app"), "app")


def client_error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (client_error("ExpiredToken"), CredentialsExpired),
        (client_error("InvalidClientTokenId"), CredentialsMissing),
        (client_error("SignatureDoesNotMatch"), CredentialsMissing),
        (client_error("AccessDenied", "x is not authorized to perform: s3:PutObject on y"), AccessDenied),
        (client_error("Throttling"), Throttled),
        (NoCredentialsError(), CredentialsMissing),
        (ProfileNotFound(profile="nope"), CredentialsMissing),
        (EndpointConnectionError(endpoint_url="http://x"), NetworkLost),
    ],
)
def test_each_failure_of_aws_has_our_words(error: Exception, ours: type[Exception]) -> None:
    assert type(told(error)) is ours


def test_a_denial_names_the_action() -> None:
    denied = told(client_error("AccessDenied", "User is not authorized to perform: s3:PutObject on resource"))

    assert "s3:PutObject" in str(denied)


def test_an_end_that_is_known_is_told_though_the_last_look_fails() -> None:
    cloud = executed(_ThrottledAtTheEnd())

    assert follow(cloud, "app", lambda _event: None).ok


class _ThrottledAtTheEnd(FakeCloud):
    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        found = super().events(stack_name, after)
        if after and not found:
            raise Throttled("slow down")
        return found
