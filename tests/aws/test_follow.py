"""Following a deployment to its end, whatever AWS does meanwhile."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound

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
from seed.aws.follow import follow
from seed.aws.port import ChangeSetRequest, StackEvent
from seed.errors import Cancelled

TEMPLATE = json.dumps({"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "B": {"Type": "AWS::SNS::Topic"}}})


def executed(cloud: FakeCloud) -> FakeCloud:
    cloud.create_change_set(ChangeSetRequest("app", "one", "CREATE", TEMPLATE, {}, {}, ()))
    cloud.execute_change_set("app", "one", "token")
    return cloud


def test_events_that_come_over_time_are_all_told_in_order() -> None:
    cloud = FakeCloud()
    cloud.events_per_look = 1
    seen: list[str] = []

    end = follow(executed(cloud), "app", lambda event: seen.append(event.logical_id), near=True)

    assert end.ok
    assert seen == ["app", "A", "A", "B", "B", "app"]


def test_throttling_and_a_lost_network_are_waited_out() -> None:
    cloud = executed(FakeCloud())
    cloud.failing = [Throttled("slow down"), NetworkLost("no route"), Throttled("slow down")]

    assert follow(cloud, "app", lambda _event: None, near=True).ok


def test_the_first_failing_resource_and_its_reason_are_found() -> None:
    cloud = FakeCloud()
    cloud.fail_resource = "B"

    end = follow(executed(cloud), "app", lambda _event: None, near=True)

    assert (end.ok, end.status, end.failed_resource, end.reason) == (False, "ROLLBACK_COMPLETE", "B", "Told to fail")


def test_a_server_that_stops_leaves_the_stack_alone() -> None:
    with pytest.raises(Cancelled):
        follow(executed(FakeCloud()), "app", lambda _event: None, cancelled=lambda: True, near=True)


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

    assert follow(cloud, "app", lambda _event: None, near=True).ok


class _ThrottledAtTheEnd(FakeCloud):
    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        found = super().events(stack_name, after)
        if after and not found:
            raise Throttled("slow down")
        return found
