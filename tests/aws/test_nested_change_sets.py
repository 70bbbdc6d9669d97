"""A change set that looks into nested stacks: the gateway (its calls stubbed) and the fake, by the same rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from seed.aws.boto import BotoCloud
from seed.aws.fake import FakeCloud
from seed.aws.port import Cloud
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings, ChangeSetRequest

ROOT = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/one/1"
CHILD = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/one-Storage/2"
INSIDE = {"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "B": {"Type": "AWS::SQS::Queue"}}}
PARENT = {"Resources": {"Storage": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x/inside"}}}}
ASKED = ChangeSetRequest("app", "one", "CREATE", json.dumps(PARENT), {}, {}, [], nested=True)


def page(arn: str, logical_id: str, kind: str = "AWS::SQS::Queue", **more: Any) -> dict[str, Any]:
    child = {"ChangeSetId": CHILD} if arn == ROOT else {}
    change = {"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": kind, **child}
    return {
        "ChangeSetId": arn, "ChangeSetName": "one", "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE",
        "Changes": [{"Type": "Resource", "ResourceChange": change}], "IncludeNestedStacks": True, **more,
    }  # fmt: skip


def stubbed() -> Iterator[Cloud]:
    session = AwsSession(AccountSettings("keys", access_key_id="a", secret_access_key="b"))
    with Stubber(session.cloudformation) as said:
        gone = {"StackName": "app", "ChangeSetName": "one", "IncludePropertyValues": False}
        said.add_client_error("describe_change_set", "ChangeSetNotFound", "gone", 404, expected_params=gone)
        body = {"TemplateBody": ASKED.template, "Parameters": [], "Tags": [], "Capabilities": []}
        said.add_response("create_change_set", {"Id": ROOT, "StackId": ROOT}, {
            "StackName": "app", "ChangeSetName": "one", "ChangeSetType": "CREATE", "ClientToken": ANY,
            "Description": "Made by Seed", "IncludeNestedStacks": True, **body,
        })  # fmt: skip
        for values in (False, True):
            root = {"StackName": "app", "ChangeSetName": "one", "IncludePropertyValues": values}
            said.add_response("describe_change_set", page(ROOT, "Storage", "AWS::CloudFormation::Stack"), root)
        for values in (False, True):
            child = {"ChangeSetName": CHILD, "IncludePropertyValues": values}
            said.add_response("describe_change_set", page(CHILD, "A", NextToken="more"), child)
            said.add_response("describe_change_set", page(CHILD, "B"), {**child, "NextToken": "more"})
        yield BotoCloud(session)
        said.assert_no_pending_responses()


@pytest.fixture(params=["gateway", "fake"])
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cloud]:
    yield from stubbed() if request.param == "gateway" else faked(tmp_path)


def faked(folder: Path) -> Iterator[Cloud]:
    fake = FakeCloud()
    (folder / "inside").write_text(json.dumps(INSIDE))
    fake.put_asset("inside", folder / "inside")
    yield fake


def test_every_page_of_the_inside_is_read_and_its_change_set_named(cloud: Cloud) -> None:
    cloud.create_change_set(ASKED)
    answer = cloud.wait_change_set("app", "one")

    [row] = [change["ResourceChange"] for change in answer.changes]
    inside = answer.nested["Storage"]
    assert answer.with_nested
    assert row["ChangeSetId"] == inside.arn
    for changes in (inside.changes, inside.valued_changes):
        assert [change["ResourceChange"]["LogicalResourceId"] for change in changes] == ["A", "B"]
