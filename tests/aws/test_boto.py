"""What real AWS answers and the local AWS does not: pages. AWS's own model checks both sides."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from seed.aws.boto import BotoCloud
from seed.aws.errors import Throttled
from seed.aws.port import AccountSettings
from seed.aws.session import AwsSession

ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/one/1"


def page(logical_id: str, **more: Any) -> dict[str, Any]:
    change = {"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": "AWS::SQS::Queue"}
    return {
        "ChangeSetId": ARN,
        "Status": "CREATE_COMPLETE",
        "ExecutionStatus": "AVAILABLE",
        "Changes": [{"Type": "Resource", "ResourceChange": change}],
        **more,
    }


def session() -> AwsSession:
    return AwsSession(AccountSettings("keys", access_key_id="a", secret_access_key="b"))


def test_every_page_of_a_change_set_is_read_with_and_without_values() -> None:
    aws = session()
    with Stubber(aws.cloudformation) as said:
        for values in (False, True):
            asked = {"StackName": "app", "ChangeSetName": "one", "IncludePropertyValues": values}
            said.add_response("describe_change_set", page("A", NextToken="more"), asked)
            said.add_response("describe_change_set", page("B"), {**asked, "NextToken": "more"})

        answer = BotoCloud(aws).change_set("app", "one")

        said.assert_no_pending_responses()
    assert answer is not None
    for changes in (answer.changes, answer.valued_changes):
        assert [change["ResourceChange"]["LogicalResourceId"] for change in changes] == ["A", "B"]


def test_throttling_that_outlasts_the_retries_is_told_as_throttling() -> None:
    aws = session()
    with Stubber(aws.cloudformation) as said:
        said.add_client_error("describe_stacks", "Throttling", "Rate exceeded", 400)

        with pytest.raises(Throttled):
            BotoCloud(aws).stack("app")


def test_an_execution_that_already_began_is_no_second_one_and_no_error() -> None:
    aws = session()
    with Stubber(aws.cloudformation) as said:
        said.add_client_error("execute_change_set", "InvalidChangeSetStatus", "cannot be executed", 400)
        for _values in (False, True):
            said.add_response("describe_change_set", page("A", ExecutionStatus="EXECUTE_IN_PROGRESS"))

        BotoCloud(aws).execute_change_set("app", "one", "token")

        said.assert_no_pending_responses()
