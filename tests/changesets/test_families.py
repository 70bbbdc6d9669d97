"""Rows fold beneath what developers think in, and nothing that must be read is folded away."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import orders, row, stack

from seed.changesets import Template, as_markdown, as_text, compare, families, from_json, to_json
from seed.changesets.called import called
from seed.changesets.model import ChangeSet, ResourceChange

FUNCTION = ("AWS::Lambda::Function", {"FunctionName": "shop-create", "Code": {"ZipFile": "x"}, "Role": "r"})
VERSION = ("AWS::Lambda::Version", {"FunctionName": {"Ref": "Create"}})
ALLOWED = (
    "AWS::Lambda::Permission",
    {
        "FunctionName": {"Fn::GetAtt": ["Create", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": "arn:aws:events:eu-west-1:1:rule/x",
    },
)
LOGS = ("AWS::Logs::LogGroup", {"LogGroupName": "/aws/lambda/shop-create"})


def folded(change_set: ChangeSet) -> dict[str, list[str]]:
    return {
        family.head.logical_id: [one.logical_id for one in family.beneath] for family in families(change_set.resources)
    }


def test_what_is_generated_for_a_new_function_stands_beneath_it() -> None:
    change_set = compare(stack(), stack(Logs=LOGS, Version=VERSION, Create=FUNCTION, Allowed=ALLOWED))

    assert folded(change_set) == {"Create": ["Allowed", "Version", "Logs"]}


def test_an_edge_of_an_edge_folds_to_the_top() -> None:
    table = ("AWS::DynamoDB::Table", {"TableName": "t", "KeySchema": [], "AttributeDefinitions": []})
    scale = {"MinCapacity": 1, "MaxCapacity": 9, "ScalableDimension": "d", "ServiceNamespace": "dynamodb"}
    scaled = ("AWS::ApplicationAutoScaling::ScalableTarget", {**scale, "ResourceId": {"Fn::Sub": "table/${Orders}"}})
    named = {"PolicyName": "p", "PolicyType": "TargetTrackingScaling"}
    policy = ("AWS::ApplicationAutoScaling::ScalingPolicy", {**named, "ScalingTargetId": {"Ref": "Scaled"}})

    change_set = compare(stack(), stack(Policy=policy, Scaled=scaled, Orders=table))

    assert folded(change_set) == {"Orders": ["Scaled", "Policy"]}


def test_roles_and_policies_are_never_folded() -> None:
    role: tuple[str, dict[str, Any]] = ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": []}})
    function = (FUNCTION[0], {**FUNCTION[1], "Role": {"Fn::GetAtt": ["Role", "Arn"]}})

    assert folded(compare(stack(), stack(Role=role, Create=function))) == {"Role": [], "Create": []}


def test_another_fate_is_not_folded_unless_it_is_routine() -> None:
    def with_code(code: str, **more: Any) -> Template:
        function = (FUNCTION[0], {**FUNCTION[1], "Code": {"ZipFile": code}})
        return stack(Create=function, **more)

    change_set = compare(with_code("a", Allowed=ALLOWED), with_code("b", Version=VERSION))

    assert folded(change_set) == {"Create": ["Version"], "Allowed": []}


def test_what_a_finding_warns_of_stands_for_itself() -> None:
    anyone = (ALLOWED[0], {"FunctionName": {"Ref": "Create"}, "Action": "lambda:InvokeFunction", "Principal": "*"})

    change_set = compare(stack(), stack(Create=FUNCTION, Allowed=anyone))

    assert row(change_set, "Allowed").severity.name in ("WARNING", "DANGER")
    assert folded(change_set) == {"Allowed": [], "Create": []}


def test_a_route_of_an_api_is_called_by_its_verb_and_path() -> None:
    def part(name: str, parent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "AWS::ApiGateway::Resource", {"PathPart": name, "ParentId": parent, "RestApiId": {"Ref": "Api"}}

    def method(verb: str) -> tuple[str, dict[str, Any]]:
        found = {"HttpMethod": verb, "ResourceId": {"Ref": "One"}, "AuthorizationType": "AWS_IAM"}
        return "AWS::ApiGateway::Method", {**found, "RestApiId": {"Ref": "Api"}}

    change_set = compare(
        stack(),
        stack(
            Api=("AWS::ApiGateway::RestApi", {"Name": "shop"}),
            Orders=part("orders", {"Fn::GetAtt": ["Api", "RootResourceId"]}),
            One=part("{id}", {"Ref": "Orders"}),
            GetOne=method("GET"),
            Preflight=method("OPTIONS"),
        ),
    )

    assert called(row(change_set, "GetOne")) == "GET /orders/{id}"
    assert folded(change_set)["GetOne"] == ["One", "Preflight"]


def test_in_a_circle_nothing_folds() -> None:
    one, other = (ResourceChange(name, "AWS::Lambda::Alias", "Add", belongs_to=owner) for name, owner in ("AB", "BA"))

    assert [family.head for family in families((one, other))] == [one, other]


@pytest.mark.parametrize("written", [as_text, as_markdown])
def test_every_row_is_in_every_form_once_and_json_keeps_the_places(written: Any) -> None:
    change_set = compare(orders("v1"), orders("v2"))

    text = written(change_set)

    for one in change_set.resources:
        titles = [line for line in text.splitlines() if f" {one.logical_id}" in line and "follows" not in line]
        assert titles, one.logical_id
    assert folded(from_json(to_json(change_set))) == folded(change_set)
    assert sum(1 + len(beneath) for beneath in folded(change_set).values()) == len(change_set.resources)


def test_a_function_url_belongs_to_its_function() -> None:
    url = ("AWS::Lambda::Url", {"TargetFunctionArn": {"Ref": "Create"}, "AuthType": "AWS_IAM"})
    assert folded(compare(stack(), stack(Create=FUNCTION, Url=url))) == {"Create": ["Url"]}
