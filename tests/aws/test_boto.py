"""What real AWS answers and the local AWS does not: pages. AWS's own model checks both sides."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from seed.aws.boto import BotoCloud
from seed.aws.errors import AccessDenied, Throttled
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings, ChangeSetRequest

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


class Stubbed(AwsSession):
    """One client of each service, stubbed."""

    def __init__(self) -> None:
        super().__init__(AccountSettings("keys", access_key_id="a", secret_access_key="b"))
        self.made: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = super().client(service)
        return self.made[service]

    def stub(self, service: str) -> Stubber:
        return Stubber(self.client(service))


def session() -> AwsSession:
    return AwsSession(AccountSettings("keys", access_key_id="a", secret_access_key="b"))


def test_every_page_of_a_change_set_is_read_with_and_without_values() -> None:
    aws = session()
    with Stubber(aws.cloudformation) as said:
        for values in (False, True):
            asked = {"StackName": "app", "ChangeSetName": "one", "IncludePropertyValues": values}
            warns = {"StatusReason": "[WARN] Incomplete."} if values else {}
            said.add_response("describe_change_set", page("A", NextToken="more", **warns), asked)
            said.add_response("describe_change_set", page("B"), {**asked, "NextToken": "more"})

        answer = BotoCloud(aws).change_set("app", "one")

        said.assert_no_pending_responses()
    assert answer is not None
    assert answer.reason == "[WARN] Incomplete."
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


def test_one_of_another_package_goes_before_the_next_is_made_and_that_is_another_question() -> None:
    aws = session()
    asked = [ChangeSetRequest("app", "one", "UPDATE", "{}", {}, {}, (), description=of) for of in ("of a", "of b")]
    tokens: list[str] = []
    aws.cloudformation.meta.events.register(
        "provide-client-params.cloudformation.CreateChangeSet", lambda params, **_: tokens.append(params["ClientToken"])
    )
    with Stubber(aws.cloudformation) as said:
        said.add_client_error("describe_change_set", "ChangeSetNotFound")
        said.add_response("create_change_set", {"Id": ARN})
        said.add_response("describe_change_set", page("A", Description="of a", Status="CREATE_IN_PROGRESS"))
        for _values in (False, True):
            said.add_response("describe_change_set", page("A", Description="of a"))
        said.add_response("delete_change_set", {}, {"StackName": "app", "ChangeSetName": "one"})
        said.add_response("describe_change_set", page("A", Status="DELETE_PENDING"))
        said.add_client_error("describe_change_set", "ChangeSetNotFound")
        said.add_response("create_change_set", {"Id": ARN})
        cloud = BotoCloud(aws)

        for one in asked:
            cloud.create_change_set(one)

        said.assert_no_pending_responses()
    assert len(set(tokens)) == len(asked)


def test_rollback_alarms_go_with_the_change_set_and_no_rollback_with_its_execution() -> None:
    aws = session()
    alarms = {"RollbackTriggers": [{"Arn": "arn:alarm", "Type": "AWS::CloudWatch::Alarm"}]}
    asked = ChangeSetRequest("app", "one", "UPDATE", "{}", {}, {}, (), rollback=json.dumps(alarms))
    with Stubber(aws.cloudformation) as said:
        said.add_client_error("describe_change_set", "ChangeSetNotFound")
        said.add_response("create_change_set", {"Id": ARN}, {
            "StackName": "app", "ChangeSetName": "one", "ChangeSetType": "UPDATE", "ClientToken": ANY,
            "Description": "Made by Seed", "Parameters": [], "Tags": [], "Capabilities": [], "TemplateBody": "{}",
            "RollbackConfiguration": alarms,
        })  # fmt: skip
        executed = {"StackName": "app", "ChangeSetName": ARN, "ClientRequestToken": "token"}
        said.add_response("execute_change_set", {}, {**executed, "DisableRollback": True})
        said.add_response("execute_change_set", {}, executed)
        there = {"StackName": "app", "StackStatus": "CREATE_COMPLETE", "CreationTime": datetime(2026, 1, 1, tzinfo=UTC)}
        said.add_response("describe_stacks", {"Stacks": [{**there, "RollbackConfiguration": alarms}]})
        cloud = BotoCloud(aws)

        cloud.create_change_set(asked)
        cloud.execute_change_set("app", ARN, "token", disable_rollback=True)
        cloud.execute_change_set("app", ARN, "token")
        found = cloud.stack("app")

        said.assert_no_pending_responses()
    assert found is not None
    assert json.loads(found.rollback) == alarms


def held_against(**more: Any) -> dict[str, Any]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return {"EventId": "1", "StackId": "1", "Timestamp": now, "EventType": "VALIDATION_ERROR", **more}


def test_what_its_validation_holds_against_a_change_set_is_read_page_by_page() -> None:
    aws = session()
    taken = held_against(
        LogicalResourceId="Jobs", ResourceType="AWS::SQS::Queue", ValidationName="NAME_CONFLICT_VALIDATION",
        ValidationStatus="FAILED", ValidationFailureMode="FAIL", ValidationStatusReason="It is there already.",
        ValidationPath="/Resources/Jobs/Properties/QueueName",
    )  # fmt: skip
    full = held_against(LogicalResourceId="Files", ValidationStatus="FAILED", ValidationFailureMode="WARN")
    hook = {"EventType": "HOOK_INVOCATION_ERROR", "HookType": "Our::Names::Hook", "HookStatusReason": "Too short."}
    hooked = {**held_against(LogicalResourceId="Jobs"), **hook, "HookFailureMode": "FAIL"}
    others = [held_against(ValidationStatus="SKIPPED"), held_against(EventType="STACK_EVENT")]
    asked = {"ChangeSetName": ARN, "Filters": {"FailedEvents": True}}
    with Stubber(aws.cloudformation) as said:
        said.add_response("describe_events", {"OperationEvents": [taken, *others], "NextToken": "more"}, asked)
        said.add_response("describe_events", {"OperationEvents": [full, hooked]}, {**asked, "NextToken": "more"})

        found = BotoCloud(aws).validations(ARN)

        said.assert_no_pending_responses()
    assert [(one.logical_id, one.reason, one.fails) for one in found] == [
        ("Jobs", "It is there already.", True),
        ("Files", "", False),
        ("Jobs", "Too short.", True),
    ]
    assert found[2].name == "Our::Names::Hook"
    assert found[0].path == "/Resources/Jobs/Properties/QueueName"


@pytest.mark.parametrize(
    ("kind", "service", "operation", "answer", "number"),
    [
        ("AWS::DynamoDB::Table", "dynamodb", "describe_table", {"Table": {"ItemCount": 1204331, "TableSizeBytes": 9}}, 1204331),
        ("AWS::SQS::Queue", "sqs", "get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "3",
         "ApproximateNumberOfMessagesNotVisible": "4"}}, 7),
        ("AWS::Logs::LogGroup", "logs", "describe_log_groups", {"logGroups": [{"logGroupName": "name-more"},
         {"logGroupName": "name", "storedBytes": 5120}]}, 5120),
        ("AWS::Cognito::UserPool", "cognito-idp", "describe_user_pool", {"UserPool": {"EstimatedNumberOfUsers": 12}}, 12),
    ],
)  # fmt: skip
def test_each_service_is_asked_for_its_own_count(
    kind: str, service: str, operation: str, answer: dict[str, Any], number: int
) -> None:
    aws = Stubbed()
    name = "name_123" if service == "cognito-idp" else "name"
    with aws.stub(service) as said:
        said.add_response(operation, answer)

        held = BotoCloud(aws).held(kind, name)

        said.assert_no_pending_responses()
    assert held is not None
    assert held.number == number


def test_a_table_that_counts_nothing_yet_is_looked_into() -> None:
    aws = Stubbed()
    with aws.stub("dynamodb") as said:
        said.add_response("describe_table", {"Table": {"ItemCount": 0}})
        said.add_response("scan", {"Count": 1}, {"TableName": "new", "Limit": 1, "Select": "COUNT"})

        held = BotoCloud(aws).held("AWS::DynamoDB::Table", "new")

    assert held is not None
    assert (held.number, held.at_least) == (1, True)


def test_a_bucket_is_counted_by_its_daily_metrics_and_listed_where_there_are_none() -> None:
    aws = Stubbed()
    point = {"Timestamp": datetime(2026, 1, 1, tzinfo=UTC), "Average": 4_000_000.0}
    with aws.stub("cloudwatch") as daily:
        daily.add_response("get_metric_statistics", {"Datapoints": [point]})
        daily.add_response("get_metric_statistics", {"Datapoints": [point]})
        held = BotoCloud(aws).held("AWS::S3::Bucket", "big")
    assert held is not None
    assert (held.number, held.exact) == (4_000_000, False)

    with aws.stub("cloudwatch") as daily, Stubber(aws.s3) as listed:
        daily.add_client_error("get_metric_statistics", "AccessDenied")
        daily.add_client_error("get_metric_statistics", "AccessDenied")
        listed.add_response("list_objects_v2", {"Contents": [{"Key": "a", "Size": 2}], "IsTruncated": True,
                                                "NextContinuationToken": "more"})  # fmt: skip
        listed.add_response("list_objects_v2", {"Contents": [{"Key": "b", "Size": 3}], "IsTruncated": False})
        held = BotoCloud(aws).held("AWS::S3::Bucket", "small")
    assert held is not None
    assert (held.number, held.size, held.exact) == (2, 5, True)


FILE_SYSTEM = {
    "OwnerId": "1", "CreationToken": "t", "FileSystemId": "fs-12345678", "LifeCycleState": "available",
    "CreationTime": datetime(2026, 1, 1, tzinfo=UTC), "NumberOfMountTargets": 0, "PerformanceMode": "generalPurpose",
    "Tags": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "number", "unit"),
    [
        ({}, 0, "object"),
        ({"Versions": [{"Key": "a", "VersionId": "1", "IsLatest": False}]}, 1, "old version"),
        ({"DeleteMarkers": [{"Key": "a", "VersionId": "2", "IsLatest": True}]}, 1, "old version"),
    ],
)
def test_a_bucket_without_objects_is_empty_only_without_old_versions(
    answer: dict[str, Any], number: int, unit: str
) -> None:
    aws = Stubbed()
    with aws.stub("cloudwatch") as daily, Stubber(aws.s3) as listed:
        for _ in range(2):
            daily.add_response("get_metric_statistics", {"Datapoints": []})
        listed.add_response("list_objects_v2", {"IsTruncated": False})
        listed.add_response("list_object_versions", answer, {"Bucket": "bare", "MaxKeys": 1})
        held = BotoCloud(aws).held("AWS::S3::Bucket", "bare")
    assert held is not None
    assert (held.number, held.unit, held.at_least) == (number, unit, bool(number))


def test_of_a_bucket_whose_versions_may_not_be_listed_nothing_is_said() -> None:
    aws = Stubbed()
    with aws.stub("cloudwatch") as daily, Stubber(aws.s3) as listed:
        for _ in range(2):
            daily.add_response("get_metric_statistics", {"Datapoints": []})
        listed.add_response("list_objects_v2", {"IsTruncated": False})
        listed.add_client_error("list_object_versions", "AccessDenied")
        assert BotoCloud(aws).held("AWS::S3::Bucket", "bare") is None


def test_a_count_is_dated_by_who_counted() -> None:
    aws = Stubbed()
    old, new = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))
    points = [{"Timestamp": new, "Average": 7.0}, {"Timestamp": old, "Average": 5.0}]
    with aws.stub("cloudwatch") as daily:
        for _ in range(2):
            daily.add_response("get_metric_statistics", {"Datapoints": points})
        bucket = BotoCloud(aws).held("AWS::S3::Bucket", "big")
    with aws.stub("dynamodb") as said:
        said.add_response("describe_table", {"Table": {"ItemCount": 3}})
        table = BotoCloud(aws).held("AWS::DynamoDB::Table", "orders")
    with aws.stub("efs") as said:
        size = {"SizeInBytes": {"Value": 6144, "Timestamp": old}}
        said.add_response("describe_file_systems", {"FileSystems": [{**FILE_SYSTEM, **size}]})
        files = BotoCloud(aws).held("AWS::EFS::FileSystem", "fs-12345678")

    assert bucket
    assert (bucket.number, bucket.at, bucket.lag) == (7, new, "")  # the last day that was counted
    assert table
    assert (table.at, table.lag) == (None, "up to 6 h old")  # DynamoDB does not say when
    assert files
    assert (files.number, files.at) == (6144, old)


def test_a_bucket_of_somebody_else_has_its_name_too() -> None:
    aws = Stubbed()
    with Stubber(aws.s3) as said:
        said.add_client_error("head_bucket", "403", "Forbidden", 403)
        assert BotoCloud(aws).taken("AWS::S3::Bucket", "theirs") is True
        said.add_client_error("head_bucket", "404", "Not Found", 404)
        assert BotoCloud(aws).taken("AWS::S3::Bucket", "free") is False


def test_every_page_of_imports_is_read() -> None:
    aws = Stubbed()
    with Stubber(aws.cloudformation) as said:
        said.add_response("list_imports", {"Imports": ["a"], "NextToken": "more"}, {"ExportName": "x"})
        said.add_response("list_imports", {"Imports": ["b"]}, {"ExportName": "x", "NextToken": "more"})
        assert BotoCloud(aws).importers("x") == ("a", "b")
        said.add_client_error("list_imports", "ValidationError", "Export 'x' is not imported by any stack.", 400)
        assert BotoCloud(aws).importers("x") == ()


def test_access_analyzer_is_asked_with_both_policies() -> None:
    aws = Stubbed()
    before, after = ({"Version": "2012-10-17", "Statement": []} for _ in "ab")
    asked = {"existingPolicyDocument": json.dumps(before), "newPolicyDocument": json.dumps(after),
             "policyType": "RESOURCE_POLICY"}  # fmt: skip
    answer = {
        "result": "FAIL",
        "message": "new access",
        "reasons": [{"description": "s3:GetObject", "statementIndex": 0}],
    }
    with aws.stub("accessanalyzer") as said:
        said.add_response("check_no_new_access", answer, asked)

        found = BotoCloud(aws).new_access(before, after, "resource")

        said.assert_no_pending_responses()
    assert (found.new, found.reasons) == (True, ("s3:GetObject",))


def test_an_account_that_does_not_allow_the_analyzer_says_so() -> None:
    aws = Stubbed()
    with aws.stub("accessanalyzer") as said:
        said.add_client_error("check_no_new_access", "AccessDeniedException", "not authorized", 403)

        with pytest.raises(AccessDenied):
            BotoCloud(aws).new_access({}, {}, "identity")
