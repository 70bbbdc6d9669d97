"""What a parent gives to its nested stacks: what only the deployment knows moves with what it refers to."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import TABLE, stack

from seed.changesets import ChangeSet, Tree, compare, inside
from seed.changesets.nested import DEEPEST

QUEUE, STACK, DATABASE = "AWS::SQS::Queue", "AWS::CloudFormation::Stack", "AWS::RDS::DBInstance"
ARN, REF = {"Fn::GetAtt": ["Source", "Arn"]}, {"Ref": "Source"}
CHILD = {
    **stack(
        Reader=("AWS::Lambda::EventSourceMapping", {"FunctionName": "f", "EventSourceArn": {"Ref": "Given"}}),
        Mail=("AWS::SNS::Topic", {"TopicName": {"Fn::Sub": "${Given}-mail"}}),
    ),
    "Parameters": {"Given": {"Type": "String", "AllowedPattern": "arn:.*"}, "Size": {"Type": "String"}},
}


def parent(kind: str, source: dict[str, Any], given: Any) -> dict[str, Any]:
    nested = {"TemplateURL": "child", "Parameters": {"Given": given, "Size": "1"}}
    return stack(Source=(kind, source), Nested=(STACK, nested))


def within(old: Any, new: Any, child: dict[str, Any] = CHILD) -> ChangeSet:
    """What changes in the child."""
    sides = [None if one is None else Tree(one, {"child": Tree(child)}) for one in (old, new)]
    assert sides[1]
    whole = inside(compare(old, new), sides[0], sides[1])
    return next(row.nested or ChangeSet("", new_stack=False) for row in whole.resources if row.logical_id == "Nested")


def fate(changes: ChangeSet) -> dict[str, str]:
    return {row.logical_id: row.replacement for row in changes.resources}


def test_what_is_made_of_the_id_of_something_replaced_is_replaced_too() -> None:
    for given in (ARN, REF, {"Fn::Sub": "x-${Source}"}):
        changes = within(parent(QUEUE, {"QueueName": "a"}, given), parent(QUEUE, {"QueueName": "b"}, given))
        assert fate(changes) == {"Reader": "True", "Mail": "True"}
        assert changes.parameters


def test_what_may_be_replaced_is_told_as_such() -> None:
    changes = within(parent(DATABASE, {"Engine": "a"}, REF), parent(DATABASE, {"Engine": "b"}, REF))

    assert fate(changes) == {"Reader": "Conditional", "Mail": "Conditional"}
    assert {one.evaluation for row in changes.resources for one in row.properties} == {"Dynamic"}


@pytest.mark.parametrize("size", ["1", "2"])
def test_what_is_updated_in_place_gives_what_it_gave(size: str) -> None:
    old, new = parent(QUEUE, {}, ARN), parent(QUEUE, {"DelaySeconds": 1}, ARN)
    new["Resources"]["Nested"]["Properties"]["Parameters"]["Size"] = size

    assert fate(within(old, new)) == {}


def test_a_value_that_is_not_known_is_not_judged_as_text() -> None:
    for old in (None, parent(QUEUE, {"QueueName": "a"}, ARN)):
        found = within(old, parent(QUEUE, {"QueueName": "b"}, ARN)).findings
        assert {one.rule for one in found} <= {"address-changes"}


def test_it_is_none_of_the_words_that_a_condition_asks_for() -> None:
    asks = {"Conditions": {"None": {"Fn::Equals": [{"Ref": "Given"}, ""]}}}
    resources = {**CHILD["Resources"], "Own": {"Type": QUEUE, "Condition": "None"}}
    changes = within(None, parent(QUEUE, {}, ARN), {**CHILD, **asks, "Resources": resources})

    assert fate(changes).keys() == {"Reader", "Mail"}


def test_items_of_a_list_that_are_known_stay_so() -> None:
    child = {
        **stack(F=("AWS::Lambda::Function", {"Layers": {"Ref": "Given"}})),
        "Parameters": {**CHILD["Parameters"], "Given": {"Type": "CommaDelimitedList"}},
    }
    given = ["a", REF, "b"]
    [row] = within(parent(QUEUE, {"QueueName": "a"}, given), parent(QUEUE, {"QueueName": "b"}, given), child).resources

    assert [one.path for one in row.properties] == ["/Properties/Layers/1"]


def deep(levels: int, delay: int) -> Tree:
    """A queue below so many nested stacks."""
    if not levels:
        return Tree(stack(Q=(QUEUE, {"DelaySeconds": delay})))
    return Tree(stack(N=(STACK, {"TemplateURL": str(delay)})), {str(delay): deep(levels - 1, delay)})


@pytest.mark.parametrize("levels", [1, DEEPEST, DEEPEST + 1])
def test_stacks_are_looked_into_as_deep_as_anybody_nests_them(levels: int) -> None:
    old, new = deep(levels, 1), deep(levels, 2)
    changes: ChangeSet | None = inside(compare(old.template, new.template), old, new)
    for _ in range(min(levels, DEEPEST)):
        assert changes
        (row,) = changes.resources
        changes = row.nested
    assert changes
    found = [(row.logical_id, row.nested) for row in changes.resources]
    assert found == ([("Q", None)] if levels <= DEEPEST else [("N", None)])


@pytest.mark.parametrize("other", [{"Fn::Sub": "b-${Given}"}, "b"])
def test_what_takes_another_side_of_a_condition_is_replaced_for_certain(other: Any) -> None:
    child = stack(
        T=("AWS::DynamoDB::Table", {**TABLE, "TableName": {"Fn::If": ["Big", {"Fn::Sub": "a-${Given}"}, other]}})
    )
    child |= {
        "Parameters": {"Given": {"Type": "String"}, "Size": {"Type": "String"}},
        "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "2"]}},
    }
    old, new = parent(DATABASE, {"Engine": "a"}, REF), parent(DATABASE, {"Engine": "b"}, REF)
    assert fate(within(old, new, child)) == ({"T": "Conditional"} if isinstance(other, dict) else {})

    new["Resources"]["Nested"]["Properties"]["Parameters"]["Size"] = "2"

    assert fate(within(old, new, child)) == {"T": "True"}
