"""Each function that is worked out, each that stays and is compared by what it is given, and each that is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.changesets.templates import names, row, stack

from seed.changesets import ChangeSet, InvalidTemplate, Pseudo, Template, compare
from seed.changesets.intrinsics import FUNCTIONS

QUEUE = "AWS::SQS::Queue"
Pair = tuple[Any, Any]


def queue(value: Any, **sections: Any) -> Template:
    there: dict[str, Any] = {name: ("AWS::SNS::Topic", {}) for name in ("Topic", "Other", "Own")}
    return {**GROUND, **stack(Q=(QUEUE, {"QueueName": value}), **there), **sections}


def between(one: Any, other: Any, **more: Any) -> ChangeSet:
    return compare(queue(one), queue(other), pseudo=Pseudo(region="eu-west-1"), **more)


GROUND: dict[str, Any] = {
    "Transform": "AWS::LanguageExtensions",
    "Parameters": {
        "Name": {"Type": "String", "Default": "jobs"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "P": {"Type": "String", "Default": "pic"},
    },
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Name"}, "jobs"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
        "Any": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]},
    },
    "Mappings": {"Sizes": {"jobs": {"name": "long"}}},
}
"""What every template of this file has beside its queue."""


def read_from(stack_name: Any, output: str = "Id") -> dict[str, Any]:
    return {"Fn::GetStackOutput": {"StackName": stack_name, "OutputName": output}}


MACRO = {"Fn::Transform": {"Name": "Mine", "Parameters": {"A": "1"}}}
OTHER_MACRO = {"Fn::Transform": {"Name": "Mine", "Parameters": {"A": "2"}}}
SAME: list[Pair] = [
    ({"Ref": "Name"}, "jobs"),
    ({"Fn::GetAtt": ["Topic", "Arn"]}, {"Fn::GetAtt": "Topic.Arn"}),
    ({"Fn::GetAtt": ["Topic", "Arn"]}, {"Fn::GetAtt": [{"Fn::Sub": "To${P}"}, {"Fn::Join": ["", ["A", "rn"]]}]}),
    ({"Ref": "Topic"}, {"Ref": {"Fn::Sub": "To${P}"}}),
    (
        {
            "Fn::Sub": "${Name}-${Own}-${!Kept}",
        },
        {"Fn::Sub": ["${Name}-${Own}-${!Kept}", {}]},
    ),
    ({"Fn::Sub": ["${Own}.${Topic.Arn}", {"Own": "x"}]}, {"Fn::Join": [".", ["x", {"Fn::GetAtt": ["Topic", "Arn"]}]]}),
    ({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-jobs"),
    ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
    ({"Fn::Split": ["-", {"Fn::Sub": "a-${Name}"}]}, ["a", "jobs"]),
    ({"Fn::If": ["Yes", "x", {"Ref": "AWS::NoValue"}]}, "x"),
    (["a", {"Ref": "AWS::NoValue"}, {"Fn::If": ["No", "x", {"Ref": "AWS::NoValue"}]}], ["a"]),
    ({"Fn::If": ["Both", "x", "y"]}, {"Fn::If": ["Any", "y", "x"]}),
    ({"Fn::If": [{"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "No"}]}]}, "x", "y"]}, "x"),
    ({"Fn::If": [{"Fn::Or": [{"Condition": "No"}, {"Fn::Equals": ["1", 1]}]}, "x", "y"]}, "x"),
    ({"Fn::FindInMap": ["Sizes", {"Ref": "Name"}, "name"]}, "long"),
    ({"Fn::FindInMap": ["Sizes", "none", "name", {"DefaultValue": "short"}]}, "short"),
    ({"Fn::ToJsonString": {"a": {"Ref": "Name"}}}, '{"a":"jobs"}'),
    ({"Fn::Length": {"Ref": "Names"}}, "2"),
    (MACRO, MACRO),
    ({"Fn::Base64": "abc"}, "YWJj"),
    ({"Fn::Base64": {"Fn::Sub": "${Name}-${Topic}"}}, {"Fn::Base64": {"Fn::Join": ["-", ["jobs", {"Ref": "Topic"}]]}}),
    ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Any"}]}, "true"),
    ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Both"}]}, "false"),
    ({"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}, {"Fn::Equals": ["1", 1]}),
    ({"Fn::GetAZs": ""}, {"Fn::GetAZs": {"Ref": "AWS::Region"}}),
    ({"Fn::GetAZs": "eu-west-1"}, {"Fn::GetAZs": ""}),
    ({"Fn::Select": ["0", {"Fn::Cidr": ["10.0.0.0/16", "2", "8"]}]}, "10.0.0.0/24"),
    ({"Fn::Cidr": ["192.168.0.0/24", 6, 5]}, [f"192.168.0.{n}/27" for n in range(0, 192, 32)]),
    ({"Fn::Cidr": ["fd00::/56", 2, 64]}, ["fd00::/64", "fd00:0:0:1::/64"]),
    ({"Fn::ImportValue": {"Fn::Sub": "net-${AWS::Region}"}}, {"Fn::ImportValue": "net-eu-west-1"}),
    (read_from({"Fn::Sub": "net-${AWS::Region}"}), read_from("net-eu-west-1")),
]
OTHER: list[Pair] = [
    ({"Ref": "Name"}, "tasks"),
    ({"Ref": "Topic"}, {"Ref": "Other"}),
    ({"Fn::GetAtt": ["Topic", "Arn"]}, {"Fn::GetAtt": ["Topic", "TopicName"]}),
    ({"Fn::Sub": "${Name}"}, {"Fn::Sub": "${!Name}"}),
    ({"Fn::Join": ["-", ["a", {"Ref": "Topic"}]]}, {"Fn::Join": ["_", ["a", {"Ref": "Topic"}]]}),
    ({"Fn::Select": [0, {"Ref": "Names"}]}, {"Fn::Select": [1, {"Ref": "Names"}]}),
    ({"Fn::Split": ["-", {"Ref": "Topic"}]}, {"Fn::Split": [":", {"Ref": "Topic"}]}),
    ({"Fn::If": ["Yes", "x", "y"]}, {"Fn::If": ["No", "x", "y"]}),
    ({"Fn::If": [{"Fn::And": [{"Condition": "Yes"}, {"Condition": "Any"}]}, "x", "y"]}, "y"),
    ({"Fn::If": [{"Fn::Or": [{"Condition": "No"}, {"Condition": "Both"}]}, "x", "y"]}, "x"),
    ({"Fn::If": [{"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}, "x", "y"]}, "y"),
    ({"Fn::FindInMap": ["Sizes", "jobs", "name"]}, {"Fn::FindInMap": ["Sizes", "jobs", "none", {"DefaultValue": "x"}]}),
    ({"Fn::ToJsonString": {"a": {"Ref": "Topic"}}}, {"Fn::ToJsonString": {"b": {"Ref": "Topic"}}}),
    ({"Fn::Length": {"Ref": "Names"}}, "3"),
    (MACRO, OTHER_MACRO),
    ({"Fn::Base64": "abc"}, "YWJk"),
    ({"Fn::Base64": "abc"}, {"Fn::Base64": "abd"}),
    ({"Fn::GetAZs": ""}, {"Fn::GetAZs": "eu-west-2"}),
    ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::Cidr": ["10.0.0.0/16", 2, 9]}),
    ({"Fn::Cidr": ["10.0.0.0/16", 2]}, {"Fn::Cidr": ["10.0.0.0/16", 3]}),
    ({"Fn::Cidr": ["no block", 2, 8]}, {"Fn::Cidr": ["no block", 3, 8]}),
    ({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}),
    (read_from("net"), read_from("net", "OtherId")),
    (read_from("net"), read_from("other")),
    ("{{resolve:ssm:/queue:1}}", "{{resolve:ssm:/queue:2}}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_say_a_thing_are_no_change(one: Any, other: Any) -> None:
    assert between(one, other).empty
    assert between(other, one).empty


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_argument_is_another_value(one: Any, other: Any) -> None:
    assert names(between(one, other)) == {"Q"}


def written(value: Any) -> Iterator[str]:
    """The functions in it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *written(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from written(item)


@pytest.mark.parametrize("name", [*FUNCTIONS, "Condition"])
def test_each_function_is_in_both_lists(name: str) -> None:
    assert name in set(written(SAME))
    assert name in set(written(OTHER))


def test_what_is_encoded_can_still_be_read_and_its_secrets_are_withheld() -> None:
    change = between({"Fn::Base64": "pass hunter2-hunter2"}, {"Fn::Base64": "x"}, secrets=["hunter2-hunter2"])
    assert row(change, "Q").properties[0].secret


def test_a_parameter_that_ssm_holds_changes_with_its_name_alone() -> None:
    kind = {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"}}
    template = queue({"Ref": "P"}, Parameters=kind)

    assert compare(template, template, before={"P": "/a"}).empty
    moved = row(compare(template, template, before={"P": "/a"}, after={"P": "/b"}), "Q").properties[0]
    assert (moved.change_source, moved.causing_entity) == ("ParameterReference", "P")


def held(condition: Any) -> Template:
    made = queue("q", Conditions={"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Equals": ["a", "b"]}, "C": condition})
    made["Resources"]["Q"]["Condition"] = "C"
    return made


YES, NO = {"Condition": "Yes"}, {"Condition": "No"}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"Fn::And": [YES, YES]}, True),
        ({"Fn::And": [YES, NO]}, False),
        ({"Fn::Or": [NO, YES]}, True),
        ({"Fn::Or": [NO, NO]}, False),
        ({"Fn::Not": [NO]}, True),
        ({"Fn::Not": [YES]}, False),
        ({"Fn::And": [YES, {"Fn::Or": [NO, {"Fn::Not": [NO]}]}]}, True),
    ],
)
def test_conditions_combine(condition: Any, holds: bool) -> None:
    assert ("Q" in names(compare(None, held(condition)))) == holds


@pytest.mark.parametrize(
    "condition",
    [{"Fn::Not": []}, {"Fn::Not": [YES, NO]}, {"Fn::And": []}, {"Fn::And": [YES]}, {"Fn::Or": [YES] * 11}, {"Fn::Or": YES}],
)  # fmt: skip
def test_a_condition_of_too_few_or_too_many_is_refused(condition: Any) -> None:
    with pytest.raises(InvalidTemplate, match="Fn::"):
        compare(None, held(condition))


def images(table: dict[str, Any], *, by: str = "AWS::Region") -> Template:
    image = {"Fn::FindInMap": ["Images", {"Ref": by}, "ami"]}
    return {"Mappings": {"Images": table}, **stack(I=("AWS::EC2::Instance", {"ImageId": image}))}


def test_what_a_mapping_has_for_a_region_that_nobody_told_is_compared() -> None:
    old = images({"eu-west-1": {"ami": "ami-1", "note": "a"}, "us-east-1": {"ami": "ami-2"}})
    new = images({"eu-west-1": {"ami": "ami-3", "note": "a"}, "us-east-1": {"ami": "ami-2"}})

    changed = row(compare(old, new), "I")

    assert changed.replacement == "True"
    assert changed.properties[0].after == {
        "Fn::FindInMap": ["Images", {"Ref": "AWS::Region"}, "ami", {"eu-west-1": "ami-3"}]
    }
    assert compare(old, new, pseudo=Pseudo(region="us-east-1")).empty


def test_what_a_mapping_has_under_a_second_key_that_nobody_told_is_compared() -> None:
    def sized(table: dict[str, Any]) -> Template:
        size = {"Fn::FindInMap": ["Sizes", "small", {"Ref": "AWS::Region"}]}
        return {"Mappings": {"Sizes": table}, **stack(I=("AWS::EC2::Instance", {"InstanceType": size}))}

    old, new = ({"small": {"eu-west-1": size, "us-east-1": "t3.nano"}} for size in ("t3.nano", "t3.micro"))

    (one,) = row(compare(sized(old), sized(new)), "I").properties
    assert one.after["Fn::FindInMap"][-1] == {"eu-west-1": "t3.micro"}


@pytest.mark.parametrize(
    "table",
    [
        {"eu-west-1": {"ami": "ami-1"}, "us-east-1": {"ami": "ami-2"}},  # one region more
        {"eu-west-1": {"ami": "ami-1", "note": "b"}},  # another value of it
        {"eu-west-1": {}},
        {"eu-west-1": {"ami": "ami-1"}, "broken": "text"},
    ],
)
def test_a_mapping_that_says_the_same_of_every_region_that_it_had_changes_nothing(table: dict[str, Any]) -> None:
    assert compare(images({"eu-west-1": {"ami": "ami-1", "note": "a"}}), images(table)).empty


def test_a_macro_may_make_what_a_function_takes_a_condition_or_a_whole_resource() -> None:
    made = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://a/b"}}}
    name = {"Fn::If": ["Wanted", {"Fn::Sub": made}, "plain"]}
    template = {
        "Conditions": {"Wanted": made},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}, "Whole": made},
    }
    other = json.loads(json.dumps(template).replace("s3://a/b", "s3://a/c"))
    assert compare(template, template).empty
    assert names(compare(template, other)) == {"Q", "Whole"}
