"""Stacks of an account that is asked about what a change would meet."""

from __future__ import annotations

import json
from typing import Any

from seed.aws.fake import FakeCloud
from seed.aws.values import ChangeSetRequest
from seed.changesets import (
    ChangeSet,
    Deployed,
    compare,
    parse_template,
)
from seed.packages import Package

KEYS = {"BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}  # fmt: skip


OTHER = {"BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [{"AttributeName": "sku", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "sku", "KeyType": "HASH"}]}  # fmt: skip


STACK = "app-prod"
TOPIC: tuple[str, dict[str, Any]] = ("AWS::SNS::Topic", {})
BUCKET: tuple[str, dict[str, Any]] = ("AWS::S3::Bucket", {})


def stack(outputs: dict[str, Any] | None = None, **resources: tuple[str, dict[str, Any]]) -> str:
    made = {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()}
    return json.dumps({"Resources": made, **({"Outputs": outputs} if outputs else {})})


def table(properties: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "AWS::DynamoDB::Table", properties


def role(*statements: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                                     "Action": "sts:AssumeRole"}]}  # fmt: skip
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return "AWS::IAM::Role", {"AssumeRolePolicyDocument": trust,
                              "Policies": [{"PolicyName": "own", "PolicyDocument": document}]}  # fmt: skip


def deployed(template: str, name: str = STACK, cloud: FakeCloud | None = None) -> FakeCloud:
    cloud = cloud or FakeCloud()
    deploy(cloud, template, name)
    return cloud


def deploy(cloud: FakeCloud, template: str, name: str) -> None:
    cloud.create_change_set(ChangeSetRequest(name, "one", "CREATE", template, {}, {}, []))
    cloud.execute_change_set(name, "one", f"token-{name}")
    cloud.stack(name)


def package(template: str, **more: Any) -> Package:
    return Package(
        STACK, "eu-west-1", "bucket", template, more.pop("parameters", {}), more.pop("tags", {}), (), (), "test"
    )


def change(cloud: FakeCloud, old: str, new: str) -> ChangeSet:
    ids = {one.logical_id: one.physical_id for one in cloud.resources(STACK)}
    return compare(parse_template(old), parse_template(new), deployed=Deployed(physical_ids=ids))
