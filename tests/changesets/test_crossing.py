"""What a stack hands to others, and what it takes from them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import stack

from seed.changesets import Pseudo
from seed.changesets.crossing import exports_of, imports_of

HERE = Pseudo(region="eu-west-1", stack_name="orders-prod")
QUEUE = "AWS::SQS::Queue"


def read(**more: Any) -> dict[str, Any]:
    return {"Fn::GetStackOutput": {"StackName": "users-prod", "OutputName": "Arn", **more}}


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ({"Fn::ImportValue": {"Fn::Sub": "users-${Stage}-arn"}}, {"users-prod-arn"}),
        (read(), {"users-prod.Arn"}),
        (read(StackName={"Fn::Sub": "users-${Stage}"}), {"users-prod.Arn"}),
        (read(Region={"Ref": "AWS::Region"}), {"users-prod.Arn"}),
        (read(Region="us-east-1"), set()),
        (read(RoleArn="arn:aws:iam::210987654321:role/reader"), set()),
        (read(StackName={"Ref": "Unknown"}), set()),
        ({"Fn::If": ["Never", read(), "x"]}, set()),
        ({"Fn::Sub": ["${a}", {"a": read()}]}, {"users-prod.Arn"}),
    ],
)
def test_what_is_taken_is_named_as_far_as_it_is_known(value: Any, taken: set[str]) -> None:
    template = stack(Q=(QUEUE, {"QueueName": value})) | {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Never": {"Fn::Equals": [{"Ref": "Stage"}, "none"]}},
    }

    assert imports_of(template, {"Stage": "prod"}, HERE) == taken


def test_an_output_is_handed_out_by_its_stack_and_an_export_by_its_name() -> None:
    outputs = {
        "Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "orders-arn"}},
        "Url": {"Value": {"Ref": "Q"}},
    }
    template = {**stack(Q=(QUEUE, {})), "Outputs": outputs}

    assert exports_of(template, {}, HERE) == {"orders-arn", "orders-prod.Arn", "orders-prod.Url"}
