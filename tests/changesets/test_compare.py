"""How one template differs from another, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, names, queue, row, rules_of, stack

from seed.changesets import Pseudo, Severity, compare


def test_another_key_of_a_table_with_a_generated_name_replaces_it_and_its_data_is_lost() -> None:
    change_set = compare(stack(T=("AWS::DynamoDB::Table", TABLE)), stack(T=("AWS::DynamoDB::Table", OTHER_KEY)))
    assert row(change_set, "T").replacement == "True"
    assert rules_of(change_set) == {"data-replaced"}
    assert change_set.severity == Severity.DANGER


def test_another_key_of_a_table_with_a_name_of_its_own_will_fail() -> None:
    named = [{**table, "TableName": "orders"} for table in (TABLE, OTHER_KEY)]
    change_set = compare(*(stack(T=("AWS::DynamoDB::Table", table)) for table in named))
    assert "name-conflict" in rules_of(change_set)


def test_a_parameter_that_decides_a_condition_adds_and_removes() -> None:
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "Always": {"Type": "AWS::SQS::Queue"},
            "OnlyProd": {"Type": "AWS::SQS::Queue", "Condition": "Prod"},
        },
    }
    flipped = compare(template, template, before={"Stage": "dev"}, after={"Stage": "prod"})
    assert [(one.logical_id, one.action) for one in flipped.resources] == [("OnlyProd", "Add")]
    back = compare(template, template, before={"Stage": "prod"}, after={"Stage": "dev"})
    assert [(one.logical_id, one.action) for one in back.resources] == [("OnlyProd", "Remove")]


NAMES = {"Ref": "Names"}


def test_a_parameter_is_named_as_the_cause() -> None:
    template = {
        "Parameters": {"Seconds": {"Type": "Number", "Default": 30}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}}}},
    }
    change_set = compare(template, template, after={"Seconds": "60"})
    (change,) = row(change_set, "Q").properties
    assert (change.before, change.after) == ("30", "60")
    assert (change.change_source, change.causing_entity) == ("ParameterReference", "Seconds")
    assert [one.path for one in change_set.parameters] == ["/Parameters/Seconds"]


def test_a_parameter_that_is_a_list_is_told_whole() -> None:
    template = {
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Select": [1, NAMES]}}}},
    }
    (change,) = compare(template, template, before={"Names": "a,b"}, after={"Names": "a, c"}).parameters
    assert (change.path, change.before, change.after) == ("/Parameters/Names", ["a", "b"], ["a", "c"])


def test_a_parameter_that_nothing_uses_changes_nothing() -> None:
    template = {"Parameters": {"A": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    assert compare(template, template, before={"A": "1"}, after={"A": "2"}).empty


def test_a_parameter_that_is_not_given_keeps_the_value_of_the_stack() -> None:
    template = {
        "Parameters": {"A": {"Type": "String"}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "A"}}}},
    }
    assert compare(template, template, before={"A": "orders"}).empty


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Fn::Sub": "${Q}-x"}, {"Fn::Join": ["-", [{"Ref": "Q"}, "x"]]}),
        ({"Fn::Sub": "a-${AWS::Region}"}, {"Fn::Join": ["", ["a-", {"Ref": "AWS::Region"}]]}),
        ({"Fn::GetAtt": "Q.Arn"}, {"Fn::GetAtt": ["Q", "Arn"]}),
        ({"Fn::Sub": "${Q.Arn}"}, {"Fn::GetAtt": ["Q", "Arn"]}),
        ({"Fn::Sub": ["${a}!", {"a": {"Ref": "Q"}}]}, {"Fn::Join": ["", [{"Ref": "Q"}, "!"]]}),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["Yes", "b", "c"]}, "b"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "7"),
        ({"Fn::FindInMap": ["M", "a", "z", {"DefaultValue": 7}]}, 7),
        ({"Fn::ToJsonString": {"a": "b"}}, '{"a":"b"}'),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::Sub": "${!literal}"}, "${literal}"),
        (True, "true"),
        (1, "1"),
    ],
)  # fmt: skip
def test_two_spellings_of_a_value_are_no_change(one: Any, other: Any) -> None:
    def template(value: Any) -> dict[str, Any]:
        found = stack(Q=queue(), P=("AWS::SSM::Parameter", {"Type": "String", "Value": value}))
        found["Conditions"] = {"Yes": {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}}
        found["Mappings"] = {"M": {"a": {"b": 7}}}
        return found

    assert compare(template(one), template(other)).empty


def test_true_and_one_are_not_the_same() -> None:
    assert not compare(stack(Q=queue(A=True)), stack(Q=queue(A=1))).empty


def test_no_value_is_a_property_that_is_not_there() -> None:
    assert compare(stack(Q=queue()), stack(Q=queue(QueueName={"Ref": "AWS::NoValue"}))).empty


def test_pseudo_parameters_are_filled_in_where_they_are_known() -> None:
    change_set = compare(
        stack(Q=queue(QueueName="a")),
        stack(Q=queue(QueueName={"Fn::Sub": "${AWS::Region}-a"})),
        pseudo=Pseudo(region="eu-west-1"),
    )
    assert row(change_set, "Q").properties[0].after == "eu-west-1-a"


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("", "arn:aws:sns:::x.amazonaws.com"),
        ("eu-west-1", "arn:aws:sns:::x.amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:sns:::x.amazonaws.com.cn"),
        ("us-gov-west-1", "arn:aws-us-gov:sns:::x.amazonaws.com"),
    ],
)
def test_the_partition_follows_from_the_region_and_is_the_common_one_where_none_is_told(region: str, arn: str) -> None:
    written = {"Fn::Sub": "arn:${AWS::Partition}:sns:::x.${AWS::URLSuffix}"}
    old, new = (stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": value})) for value in (arn, written))
    assert compare(old, new, pseudo=Pseudo(region=region)).empty


def test_what_is_there_in_another_partition_only_is_not_added() -> None:
    template = stack(A=queue(), B={"Type": "AWS::SQS::Queue", "Condition": "InChina"})
    template["Conditions"] = {"InChina": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]}}
    assert names(compare(None, template)) == {"A"}
    assert names(compare(None, template, pseudo=Pseudo(region="cn-north-1"))) == {"A", "B"}


def test_policies_and_metadata_have_scopes_of_their_own() -> None:
    old = {"Q": {"Type": "AWS::SQS::Queue"}}
    new = {"Q": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "Metadata": {"a": 1}}}
    change_set = compare({"Resources": old}, {"Resources": new})
    assert row(change_set, "Q").scope == ("DeletionPolicy", "Metadata")


def test_metadata_alone_is_routine() -> None:
    change_set = compare(
        {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"a": 1}}}},
        {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"a": 2}}}},
    )
    assert row(change_set, "Q").routine == "metadata only"


def test_what_the_cdk_notes_of_itself_is_routine() -> None:
    noted, again = (stack(CDKMetadata=("AWS::CDK::Metadata", {"Analytics": text})) for text in ("v2:a", "v2:b"))
    for old, new in ((noted, again), (stack(), noted), (noted, stack())):
        assert row(compare(old, new), "CDKMetadata").routine == "metadata only"


def test_a_policy_that_is_not_known_keeps_nothing_for_certain() -> None:
    policy = {"Fn::If": ["Here", "Retain", "Delete"]}
    old = stack(T={"Type": "AWS::DynamoDB::Table", "Properties": TABLE, "DeletionPolicy": policy})
    old |= {"Transform": "AWS::LanguageExtensions"}
    old |= {"Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}}
    assert row(compare(old, stack()), "T").policy_action == "Delete"
    assert row(compare(old, stack(), pseudo=Pseudo(region="eu-west-1")), "T").policy_action == "Retain"


@pytest.mark.parametrize("kind", ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"])
def test_a_database_that_says_nothing_leaves_a_snapshot_and_one_whose_policy_is_not_known_nothing(kind: str) -> None:
    def removed(*, properties: dict[str, Any] | None = None, **policy: Any) -> str:
        old = stack(D={"Type": kind, "Properties": properties or {}, **policy})
        old |= {"Parameters": {"Policy": {"Type": "String"}}}
        old |= {"Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}}
        return row(compare(old, stack()), "D").policy_action

    assert removed() == removed(DeletionPolicy={"Ref": "AWS::NoValue"}) == "Snapshot"
    assert removed(DeletionPolicy={"Ref": "Policy"}) == "Delete"
    assert removed(DeletionPolicy={"Fn::If": ["Here", "Retain", "Snapshot"]}) == "Delete"
    of_cluster = "Snapshot" if kind == "AWS::RDS::DBCluster" else "Delete"  # for the cluster itself it is its name
    assert removed(properties={"DBClusterIdentifier": "c"}) == of_cluster


def test_only_depends_on_is_no_change() -> None:
    old, new = stack(A=queue(), B=queue()), stack(A=queue(), B=queue())
    new["Resources"]["B"]["DependsOn"] = "A"
    assert compare(old, new).empty


def test_tags_have_a_scope_of_their_own_and_are_routine() -> None:
    tags = [[{"Key": "team", "Value": value}] for value in ("a", "b")]
    change_set = compare(stack(Q=queue(Tags=tags[0])), stack(Q=queue(Tags=tags[1])))
    assert (row(change_set, "Q").scope, row(change_set, "Q").routine) == (("Tags",), "tags only")


def test_another_type_under_the_same_name_will_fail() -> None:
    change_set = compare(stack(Q=queue()), stack(Q=("AWS::SNS::Topic", {})))
    assert row(change_set, "Q").replacement == "True"
    assert "type-changed" in rules_of(change_set)


def test_every_property_of_a_custom_resource_may_replace_it() -> None:
    sides = [stack(C=("Custom::Thing", {"ServiceToken": "arn", "A": value})) for value in "ab"]
    assert row(compare(*sides), "C").replacement == "Conditional"


def test_a_type_nobody_knows_may_be_replaced() -> None:
    sides = [stack(C=("Acme::Cloud::Thing", {"A": value})) for value in "ab"]
    assert row(compare(*sides), "C").replacement == "Conditional"
