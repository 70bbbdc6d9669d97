"""The shape of CloudFormation's own answer, case by case as its user guide and public samples show it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, resource, row, stack

from seed.changesets import Pseudo, as_aws, compare, rules
from seed.changesets.rules import services


def instance() -> dict[str, Any]:
    """The example of the user guide, `Example change sets`."""
    text = {"Type": "String"}
    properties = {
        "KeyName": {"Ref": "KeyPairName"},
        "InstanceType": {"Ref": "InstanceType"},
        "ImageId": "ami-8fcee4e5",
        "Tags": [{"Key": "Purpose", "Value": {"Ref": "Purpose"}}],
    }
    return {
        "Parameters": {"Purpose": text, "KeyPairName": text, "InstanceType": text},
        "Resources": {"MyEC2Instance": {"Type": "AWS::EC2::Instance", "Properties": properties}},
    }


BEFORE = {"Purpose": "testing", "KeyPairName": "MyKeyName", "InstanceType": "t2.micro"}


def test_a_new_tag_is_a_static_direct_modification_of_the_tags() -> None:
    new = instance()
    new["Resources"]["MyEC2Instance"]["Properties"]["Tags"].append({"Key": "a", "Value": "b"})
    answer = as_aws(compare(instance(), new, before=BEFORE, after=BEFORE), property_values=False)
    assert resource(answer, "MyEC2Instance") == {
        "Action": "Modify",
        "LogicalResourceId": "MyEC2Instance",
        "ResourceType": "AWS::EC2::Instance",
        "Replacement": "False",
        "Scope": ["Tags"],
        "Details": [
            {
                "Target": {"Attribute": "Tags", "RequiresRecreation": "Never"},
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
        ],
    }


def test_a_changed_parameter_shows_twice() -> None:
    after = {"Purpose": "production", "KeyPairName": "MyNewKeyName", "InstanceType": "t2.small"}
    answer = as_aws(compare(instance(), instance(), before=BEFORE, after=after), property_values=False)
    found = resource(answer, "MyEC2Instance")
    assert found["Replacement"] == "True"
    assert set(found["Scope"]) == {"Tags", "Properties"}
    assert found["PolicyAction"] == "ReplaceAndDelete"

    def told(detail: dict[str, Any]) -> tuple[str, ...]:
        target = detail["Target"]
        return (detail["Evaluation"], detail["ChangeSource"], detail.get("CausingEntity", ""), target.get("Name", "-"), target["RequiresRecreation"])  # fmt: skip

    assert {told(detail) for detail in found["Details"]} == {
        ("Dynamic", "DirectModification", "", "KeyName", "Always"),
        ("Dynamic", "DirectModification", "", "InstanceType", "Conditionally"),
        ("Dynamic", "DirectModification", "", "-", "Never"),
        ("Static", "ParameterReference", "KeyPairName", "KeyName", "Always"),
        ("Static", "ParameterReference", "InstanceType", "InstanceType", "Conditionally"),
        ("Static", "ParameterReference", "Purpose", "-", "Never"),
    }


def test_a_policy_that_goes_is_a_scope_of_its_own() -> None:
    old = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}}
    found = resource(as_aws(compare(old, stack(B=("AWS::S3::Bucket", {})))), "B")
    assert found["Details"][0]["Target"] == {
        "Attribute": "DeletionPolicy",
        "RequiresRecreation": "Never",
        "Path": "/DeletionPolicy",
        "BeforeValue": "Retain",
        "AttributeChangeType": "Remove",
    }


def test_a_nested_stack_that_is_not_touched_is_listed_by_itself_without_a_value() -> None:
    def around(delay: int) -> dict[str, Any]:
        child = ("AWS::CloudFormation::Stack", {"TemplateURL": "https://s3/child.yml"})
        return stack(Child=child, Q=("AWS::SQS::Queue", {"DelaySeconds": delay}))

    assert resource(as_aws(compare(around(1), around(2))), "Child")["Details"] == [
        {
            "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "Automatic",
        }
    ]


def test_each_parameter_is_the_cause_of_what_mentions_it_and_of_nothing_else() -> None:
    text = {"Type": "String"}
    variables = {"A": {"Ref": "First"}, "B": {"Fn::Sub": "${First}-${Second}"}, "C": "written"}

    def function(own: str) -> dict[str, Any]:
        environment = {"Variables": {**variables, "C": own}}
        return {
            "Parameters": {"First": text, "Second": text},
            **stack(F=("AWS::Lambda::Function", {"Role": "r", "Code": {"ZipFile": "x"}, "Environment": environment})),
        }

    old, new = {"First": "1", "Second": "1"}, {"First": "2", "Second": "2"}
    found = resource(as_aws(compare(function("a"), function("b"), before=old, after=new)), "F")

    told = {
        (d["Target"]["Path"][-1], d["Evaluation"], d["ChangeSource"], d.get("CausingEntity")) for d in found["Details"]
    }
    assert told == {
        ("A", "Dynamic", "DirectModification", None),
        ("A", "Static", "ParameterReference", "First"),
        ("B", "Dynamic", "DirectModification", None),
        ("B", "Static", "ParameterReference", "First"),
        ("B", "Static", "ParameterReference", "Second"),
        ("C", "Static", "DirectModification", None),
    }


def test_a_parameter_in_metadata_is_a_cause_too() -> None:
    def noted() -> dict[str, Any]:
        made = stack(Q={"Type": "AWS::SQS::Queue", "Metadata": {"team": {"Ref": "Team"}}})
        return {**made, "Parameters": {"Team": {"Type": "String"}}}

    found = resource(as_aws(compare(noted(), noted(), before={"Team": "a"}, after={"Team": "b"})), "Q")

    assert found["Scope"] == ["Metadata"]
    assert {d.get("CausingEntity") for d in found["Details"]} == {None, "Team"}


def test_the_partition_is_the_common_one_where_no_region_says_otherwise() -> None:
    def reading(tier: str) -> dict[str, Any]:
        value = {"Fn::Sub": "arn:${AWS::Partition}:s3:::x.${AWS::URLSuffix}"}
        return stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": value, "Tier": tier}))

    def shown(pseudo: Pseudo) -> str:
        found = resource(as_aws(compare(reading("Standard"), reading("Advanced"), pseudo=pseudo)), "P")
        return str(json.loads(found["AfterContext"])["Properties"]["Value"])

    assert shown(Pseudo()) == "arn:aws:s3:::x.amazonaws.com"
    assert shown(Pseudo(partition="aws-cn", url_suffix="amazonaws.com.cn")) == "arn:aws-cn:s3:::x.amazonaws.com.cn"


def test_what_is_noted_of_a_replaced_resource_is_a_scope_of_its_own() -> None:
    def noted(name: str) -> dict[str, Any]:
        queue = {"Type": "AWS::SQS::Queue", "Metadata": {"a/b": {"Ref": "T"}}}
        return stack(T=("AWS::SNS::Topic", {"TopicName": name}), Q=queue)

    found = resource(as_aws(compare(noted("a"), noted("b")), property_values=False), "Q")

    assert (found["Replacement"], found["Scope"]) == ("False", ["Metadata"])
    assert found["Details"] == [
        {
            "Target": {"Attribute": "Metadata", "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "ResourceReference",
            "CausingEntity": "T",
        }
    ]


def test_a_value_of_nothing_is_told_as_json_says_it() -> None:
    old, new = (stack(Q=("AWS::SQS::Queue", {"DelaySeconds": seconds})) for seconds in (None, 3))

    assert resource(as_aws(compare(old, new)), "Q")["Details"][0]["Target"]["BeforeValue"] == "null"


@pytest.mark.parametrize("values", [True, False])
def test_a_table_with_another_key_is_conditional_to_cloudformation_with_all_that_follows(*, values: bool) -> None:
    def keyed(table: dict[str, Any]) -> dict[str, Any]:
        def named(owner: str) -> dict[str, Any]:
            return {"TopicName": {"Fn::Sub": "of-${" + owner + "}"}}

        return stack(
            Table=("AWS::DynamoDB::Table", table),
            Topic=("AWS::SNS::Topic", named("Table")),
            Reader=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "Topic"}}),
        )

    change_set = compare(keyed(TABLE), keyed(OTHER_KEY))
    answer = as_aws(change_set, property_values=values)

    told = {name: resource(answer, name)["Replacement"] for name in ("Table", "Topic", "Reader")}
    assert told == {"Table": "Conditional", "Topic": "Conditional", "Reader": "False"}
    assert resource(answer, "Table")["PolicyAction"] == "ReplaceAndDelete"
    caused = [detail for detail in resource(answer, "Reader")["Details"] if "CausingEntity" in detail]
    assert [(one["Evaluation"], one["CausingEntity"]) for one in caused] == [("Dynamic", "Topic")]
    assert row(change_set, "Table").replacement == "True"


def caused(written: Any, before: dict[str, str], after: dict[str, str]) -> set[tuple[str, ...]]:
    """Of each place in the variables of a function: who makes it differ."""
    text = {"Type": "String"}
    template = {
        "Parameters": dict.fromkeys((*before, *after), text),
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        **stack(F=("AWS::Lambda::Function", {"Role": "r", "Code": {"ZipFile": "x"}, "Layers": written})),
    }
    found = resource(as_aws(compare(template, template, before=before, after=after)), "F")
    return {
        (d["Target"]["Path"].removeprefix("/Properties/Layers"), d["ChangeSource"], d.get("CausingEntity", ""))
        for d in found["Details"]
        if d["ChangeSource"] != "DirectModification" or d["Evaluation"] == "Static"
    }


def test_a_parameter_that_only_the_other_side_of_a_condition_mentions_is_no_cause() -> None:
    either = {"Fn::If": ["Prod", {"Ref": "A"}, {"Ref": "B"}]}
    old, new = {"A": "1", "B": "1", "Stage": "prod"}, {"A": "2", "B": "2", "Stage": "prod"}

    assert caused([either], old, new) == {("/0", "ParameterReference", "A")}
    assert caused([either], {**old, "Stage": "dev"}, {**new, "Stage": "dev"}) == {("/0", "ParameterReference", "B")}
    fixed = {"Fn::If": ["Prod", {"Ref": "Stage"}, "fixed"]}
    assert caused([fixed], old, {**old, "Stage": "dev"}) == {("/0", "DirectModification", "")}


def test_what_a_condition_takes_out_of_a_list_is_not_caused_by_what_stands_beside_it() -> None:
    items = [{"Ref": "A"}, "stays", {"Fn::If": ["Prod", "only-there", {"Ref": "AWS::NoValue"}]}]

    told = caused(items, {"A": "1", "Stage": "prod"}, {"A": "2", "Stage": "dev"})

    assert told == {("/0", "ParameterReference", "A"), ("/2", "DirectModification", "")}


@pytest.mark.parametrize("odd", [["Prod"], "Prod", [{"Fn::No": 1}, 1, 2], ["Nowhere", 1, 2], ["Prod", None, None]])
def test_what_nobody_asks_for_is_no_side_to_take(odd: Any) -> None:
    unused = {"Fn::Sub": ["${A}", {"unused": {"Fn::If": odd}}]}

    told = caused([unused], {"A": "1", "Stage": "prod"}, {"A": "2", "Stage": "prod"})

    assert told == {("/0", "ParameterReference", "A")}


@pytest.mark.parametrize("values", [True, False])
def test_of_every_type_what_its_handler_decides_is_told_as_conditional(*, values: bool) -> None:
    """Tags too, which are an attribute of their own."""
    for kind in services.every_type():
        for path in rules.rule(kind).get("D", ()):
            name, *parts = path.split("/")
            sides = [stack(X=(kind, {name: within(parts, value)})) for value in ("a", "b")]
            found = resource(as_aws(compare(*sides), property_values=values), "X")
            assert found["Replacement"] == "Conditional", (kind, path)


def within(parts: list[str], value: str) -> Any:
    made: Any = value
    for part in reversed(parts):
        made = [made] if part == "*" else {part: made}
    return made


def test_a_condition_that_nobody_asks_for_may_be_wrong_where_causes_are_looked_for() -> None:
    unused = {"Fn::Sub": ["x${P}", {"Unused": {"Fn::If": ["Circle", "1", "2"]}}]}
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"Circle": {"Fn::Not": [{"Condition": "Circle"}]}},
        **stack(F=("AWS::Lambda::Function", {"Role": unused})),
    }
    found = compare(template, template, before={"P": "1"}, after={"P": "2"})
    assert [one.causing_entity for one in row(found, "F").properties] == ["P"]
