"""Whatever a repository holds, a comparison ends soon: with an answer or with a clear error."""

from __future__ import annotations

import copy
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from tests.changesets.templates import orders, stack

from seed.changesets import InvalidTemplate, as_aws, as_markdown, as_text, compare, from_json, merge, to_json
from seed.changesets.findings.shaped import MOST
from seed.errors import SeedError

SCALARS = [
    None,
    True,
    0,
    -3,
    1.5,
    "",
    "x",
    "*",
    "a${B}",
    "${",
    "{{resolve:secretsmanager:x}}",
    "AWS::IAM::Role",
    "true",
]
FUNCTIONS = [
    "Sub",
    "Join",
    "Select",
    "If",
    "Split",
    "FindInMap",
    "Base64",
    "Cidr",
    "Length",
    "ToJsonString",
    "ImportValue",
    "And",
    "GetAZs",
    "GetAtt",
    "Unknown",
]


def anything(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(8)
    if kind < 2 or depth > 2:
        return chance.choice(SCALARS)
    if kind == 2:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind == 3:
        return {chance.choice(["a", "Statement", "Key", "Condition", ""]): anything(chance, depth + 1)}
    if kind == 4:
        return {"Ref": chance.choice(["OrdersTable", "Nowhere", "AWS::Region", "AWS::NoValue", ["x"]])}
    if kind == 5:
        return {"Fn::GetAtt": chance.choice([["OrdersTable", "Arn"], "OrdersTable.Arn", [], "x", [1, 2]])}
    return {"Fn::" + chance.choice(FUNCTIONS): anything(chance, depth + 1)}


def spoiled(template: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """One place of a real template, deep or not, becomes anything."""
    made = copy.deepcopy(template)
    node: Any = made
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = chance.choice(keys)
        below = node[key]
        if not isinstance(below, dict | list) or not below or chance.random() < 0.1:
            node[key] = anything(chance)
            return made
        node = below


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_spoiled_templates_give_an_answer_or_a_clear_error(start: int) -> None:
    for number in range(start, start + 50):
        chance = random.Random(number)
        try:
            change_set = compare(spoiled(orders("v1"), chance), spoiled(orders("v2"), chance))
        except SeedError as error:
            assert isinstance(error, InvalidTemplate), number  # noqa: PT017, any other error of ours is a mistake
            continue
        as_text(change_set)
        as_markdown(change_set)
        plain, valued = (as_aws(change_set, property_values=values)["Changes"] for values in (False, True))
        merge(change_set, plain, valued, prefer="aws")
        assert from_json(json.loads(json.dumps(to_json(change_set, contexts=True)))) == change_set


def parameter(value: Any) -> dict[str, Any]:
    return stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": value}))


def test_quoting_inside_quoting_does_not_grow_without_bound() -> None:
    value: Any = '"'
    for _ in range(40):
        value = {"Fn::ToJsonString": {"a": value}}
    with pytest.raises(InvalidTemplate):
        compare(None, parameter(value))


def test_a_text_of_many_open_places_is_read_in_one_go() -> None:
    assert not compare(None, parameter({"Fn::Sub": "${" * 400_000})).empty


def test_a_long_chain_of_conditions_is_refused_clearly() -> None:
    template = stack(Q={"Type": "AWS::SQS::Queue", "Condition": "C0"})
    template["Conditions"] = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(5000)}
    with pytest.raises(InvalidTemplate):
        compare(None, template)


def test_functions_in_a_mapping_are_not_run() -> None:
    template = parameter({"Fn::FindInMap": ["M", "a", "b"]})
    template["Mappings"] = {"M": {"a": {"b": [{"Fn::FindInMap": ["M", "a", "b"]}] * 2}}}
    assert not compare(None, template).empty


def test_policies_of_a_million_permissions_are_read_as_far_as_a_person_would() -> None:
    many = [f"service:Action{n}" for n in range(3000)]
    statement = {"Effect": "Allow", "Action": many, "Resource": many}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sides = [stack(P=("AWS::IAM::Policy", {"PolicyName": name, "PolicyDocument": document})) for name in "ab"]
    assert compare(*sides).resources


def test_of_properties_that_nobody_knows_so_many_are_told_as_a_person_would_read() -> None:
    odd = {f"VisibilityTimeuot{number}x": 1 for number in range(2_000)}
    many = {f"Q{number}": {"Type": "AWS::SQS::Queue", "Properties": odd} for number in range(20)}

    found = [one for one in compare(None, {"Resources": many}).findings if one.rule == "property-unknown"]

    assert len(found) == MOST


QUEUE = {"Type": "AWS::SQS::Queue"}
SAM = {"Transform": "AWS::Serverless-2016-10-31"}
LATER = {"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, one]} for one in ("a", {"Ref": "AWS::NoValue"})]}
MISPLACED: list[dict[str, Any]] = [
    {"Resources": {"Q": {**QUEUE, "Condition": {"Ref": "A"}, "Properties": {"QueueName": "a"}}}},
    {"Resources": {"Q": {**QUEUE, "Properties": {"Ref": "R"}}, "R": {**QUEUE, "Properties": {"QueueName": "a"}}}},
    {"Resources": {"Q": QUEUE}, "Outputs": {"O": {"Fn::If": ["C", "a", "b"]}}, "Conditions": {"C": True}},
    {
        "Resources": {"Q": {**QUEUE, "Properties": {"QueueName": {"Fn::If": ["C", "a", "b"]}}}},
        "Conditions": {"C": LATER},
    },
    {"Resources": {"Q": {**QUEUE, "Properties": {"QueueName": {"Fn::If": {"Fn::Transform": {"Name": "a"}}}}}}},
    {**SAM, "Parameters": {}},
    {**SAM, "Parameters": {"Fn::Transform": [1]}, "Resources": {"Q": QUEUE}},
    {**SAM, "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"AutoPublishAlias": {"Ref": []}}}}},
]


@pytest.mark.parametrize("template", MISPLACED, ids=range(len(MISPLACED)))
def test_what_stands_in_the_wrong_place_gets_an_answer_or_a_clear_error(template: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(template).replace('"a"', '"c"'))
    for old in (None, template, changed):
        with suppress(InvalidTemplate):
            change_set = compare(old, template)
            assert json.dumps([as_aws(change_set), to_json(change_set, contexts=True)])
