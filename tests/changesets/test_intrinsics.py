"""Each function that is worked out, each that stays and is compared by what it is given, and each that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import names, row, stack

from seed.changesets import ChangeSet, InvalidTemplate, Pseudo, Template, compare

QUEUE = "AWS::SQS::Queue"
Pair = tuple[Any, Any]


def queue(value: Any, **sections: Any) -> Template:
    return {**stack(Q=(QUEUE, {"QueueName": value})), **sections}


def between(one: Any, other: Any, **more: Any) -> ChangeSet:
    return compare(queue(one), queue(other), pseudo=Pseudo(region="eu-west-1"), **more)


SAME: list[Pair] = [
    ({"Fn::Base64": "abc"}, "YWJj"),
    ({"Fn::GetAZs": ""}, {"Fn::GetAZs": {"Ref": "AWS::Region"}}),
    ({"Fn::GetAZs": "eu-west-1"}, {"Fn::GetAZs": ""}),
    ({"Fn::Select": ["0", {"Fn::Cidr": ["10.0.0.0/16", "2", "8"]}]}, "10.0.0.0/24"),
    ({"Fn::Cidr": ["192.168.0.0/24", 6, 5]}, [f"192.168.0.{n}/27" for n in range(0, 192, 32)]),
    ({"Fn::Cidr": ["fd00::/56", 2, 64]}, ["fd00::/64", "fd00:0:0:1::/64"]),
    ({"Fn::ImportValue": {"Fn::Sub": "net-${AWS::Region}"}}, {"Fn::ImportValue": "net-eu-west-1"}),
]
OTHER: list[Pair] = [
    ({"Fn::Base64": "abc"}, "YWJk"),
    ({"Fn::Base64": "abc"}, {"Fn::Base64": "abd"}),
    ({"Fn::GetAZs": ""}, {"Fn::GetAZs": "eu-west-2"}),
    ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::Cidr": ["10.0.0.0/16", 2, 9]}),
    ({"Fn::Cidr": ["10.0.0.0/16", 2]}, {"Fn::Cidr": ["10.0.0.0/16", 3]}),
    ({"Fn::Cidr": ["no block", 2, 8]}, {"Fn::Cidr": ["no block", 3, 8]}),
    ({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}),
    ("{{resolve:ssm:/queue:1}}", "{{resolve:ssm:/queue:2}}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_say_a_thing_are_no_change(one: Any, other: Any) -> None:
    assert between(one, other).empty
    assert between(other, one).empty


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_argument_is_another_value(one: Any, other: Any) -> None:
    assert names(between(one, other)) == {"Q"}


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
    assert names(compare(None, held(condition))) == ({"Q"} if holds else set())


@pytest.mark.parametrize(
    "condition",
    [{"Fn::Not": []}, {"Fn::Not": [YES, NO]}, {"Fn::And": []}, {"Fn::And": [YES]}, {"Fn::Or": [YES] * 11}, {"Fn::Or": YES}],
)  # fmt: skip
def test_a_condition_of_too_few_or_too_many_is_refused(condition: Any) -> None:
    with pytest.raises(InvalidTemplate, match="Fn::"):
        compare(None, held(condition))
