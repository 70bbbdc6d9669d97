"""Whether two templates differ in nothing but code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from seed.packages.code_only import code_keys, same_but_code

Template = dict[str, Any]
BASE: Template = {
    "Resources": {
        "Hello": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Bucket": "b", "S3Key": "one"}, "MemorySize": 128},
        },
        "HelloVersionOne": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "Hello"}, "CodeSha256": "1"},
        },
        "Things": {"Type": "AWS::DynamoDB::Table"},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "layer"}}},
    },
    "Outputs": {"HelloArn": {"Value": {"Ref": "HelloVersionOne"}}, "Name": {"Value": {"Ref": "Things"}}},
}


def changed(change: Callable[[Template], Any]) -> Template:
    template = copy.deepcopy(BASE)
    change(template)
    return template


def new_code(template: Template) -> None:
    template["Resources"]["Hello"]["Properties"]["Code"] = {"S3Bucket": "c", "S3Key": "two"}
    template["Resources"]["HelloVersionTwo"] = template["Resources"].pop("HelloVersionOne")
    template["Resources"]["HelloVersionTwo"]["Properties"]["CodeSha256"] = "2"
    template["Outputs"]["HelloArn"]["Value"]["Ref"] = "HelloVersionTwo"


def test_new_code_with_its_version_and_output_is_the_same_but_for_code() -> None:
    assert same_but_code(BASE, changed(new_code))
    assert code_keys(BASE) == {"Hello": "one"}
    assert code_keys(changed(new_code)) == {"Hello": "two"}


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t["Resources"]["Hello"]["Properties"].update(MemorySize=256),
        lambda t: t["Resources"]["Hello"]["Properties"].update(Environment={"Variables": {"A": "1"}}),
        lambda t: t["Resources"]["Hello"]["Properties"].update(Code={"ImageUri": "x"}),
        lambda t: t["Resources"]["Hello"]["Properties"].update(Code={"ZipFile": "x"}),
        lambda t: t["Resources"]["Layer"]["Properties"]["Content"].update(S3Key="other"),
        lambda t: t["Resources"].pop("Things"),
        lambda t: t["Resources"].update(Queue={"Type": "AWS::SQS::Queue"}),
        lambda t: t["Outputs"]["Name"].update(Value="x"),
        lambda t: t["Outputs"].pop("Name"),
        lambda t: t.update(Conditions={"A": True}),
    ],
)
def test_anything_else_is_not(change: Callable[[Template], Any]) -> None:
    assert not same_but_code(BASE, changed(change))
    assert not same_but_code(changed(change), changed(new_code))


def test_a_version_that_something_points_to_counts() -> None:
    def alias(template: Template) -> None:
        version = next(name for name in template["Resources"] if name.startswith("HelloVersion"))
        template["Resources"]["Live"] = {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionVersion": {"Fn::GetAtt": [version, "Version"]}},
        }

    before, after = changed(alias), changed(lambda template: (new_code(template), alias(template)))
    assert not same_but_code(before, after)
