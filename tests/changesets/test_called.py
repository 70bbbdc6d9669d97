"""Resources are called what developers call them, where that says more than their logical id."""

from __future__ import annotations

from typing import Any

import pytest

from seed.changesets import ResourceChange
from seed.changesets.called import called
from seed.changesets.lines import title


@pytest.mark.parametrize(
    ("logical_id", "kind", "properties", "name"),
    [
        ("HttpApiRouteGetOrders", "AWS::ApiGatewayV2::Route", {"RouteKey": "GET /orders"}, "GET /orders"),
        ("NightlyRule", "AWS::Events::Rule", {"ScheduleExpression": "rate(1 day)", "Name": "x"}, "rate(1 day)"),
        ("CreateLambdaFunction", "AWS::Lambda::Function", {"FunctionName": "orders-create"}, "orders-create"),
        ("CreateLambdaFunction", "AWS::Lambda::Function", {"FunctionName": {"Ref": "X"}}, "create"),
        ("Orders", "AWS::DynamoDB::Table", {"TableName": "orders"}, "orders"),
        ("Orders", "AWS::DynamoDB::Table", {"TableName": "Orders"}, ""),
        ("Orders", "AWS::DynamoDB::Table", {"TableName": "****"}, ""),
        ("Orders", "AWS::DynamoDB::Table", {}, ""),
        ("LambdaFunction", "AWS::Lambda::Function", {}, ""),
        ("Odd", "AWS::Nobody::Knows", {"Name": ["x"]}, ""),
    ],
)
def test_what_it_is_called(logical_id: str, kind: str, properties: dict[str, Any], name: str) -> None:
    row = ResourceChange(logical_id, kind, "Add", after={"Properties": properties})

    assert called(row) == name
    assert (f"({name})" in title(row)) is bool(name)


def test_what_goes_is_called_what_it_was() -> None:
    row = ResourceChange("R", "AWS::ApiGatewayV2::Route", "Remove", before={"Properties": {"RouteKey": "GET /old"}})
    assert called(row) == "GET /old"
