"""AWS's values and ours in one: which is shown, and what stays withheld."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.changesets.aws_says import change, detail
from tests.changesets.templates import row, stack

from seed.changesets import as_text, compare, merge


def test_values_of_aws_do_not_bring_in_what_we_withhold() -> None:
    template = {
        "Parameters": {"P": {"Type": "String", "NoEcho": "true"}},
        "Resources": {"T": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "P"}}}},
    }
    ours = compare(template, template, before={"P": "first-secret"}, after={"P": "second-secret"})
    valued = [change("T", Replacement="False", Details=[detail("Value", "first-secret", "second-secret")])]
    merged = merge(ours, valued, valued, prefer="aws")
    assert "secret" not in json.dumps([repr(one.before) + repr(one.after) for one in row(merged, "T").properties])


@pytest.mark.parametrize("name", ["Environment", "Environment/Variables", "Environment/Variables/PASSWORD"])
@pytest.mark.parametrize("cause", ["", "Other"])
def test_values_of_aws_do_not_bring_in_a_part_that_we_withhold(name: str, cause: str) -> None:
    def template(**properties: Any) -> dict[str, Any]:
        function = {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b", **properties}}
        return {"Parameters": {"P": {"Type": "String", "NoEcho": "true"}}, "Resources": {"F": function}}

    variables = {"PASSWORD": {"Ref": "P"}, "LOG_LEVEL": "info"}
    given = {"P": "second-secret"}
    ours = compare(template(), template(Environment={"Variables": variables}), before=given, after=given)
    shown: Any = {"Variables": {"PASSWORD": "second-secret", "LOG_LEVEL": "info"}}
    for part in name.split("/")[1:]:
        shown = shown[part]
    told = detail(name, "x", shown if isinstance(shown, str) else json.dumps(shown), AttributeChangeType="Add")
    told |= {"ChangeSource": "ParameterReference", "CausingEntity": cause} if cause else {}
    valued = [change("F", Replacement="False", Details=[told])]

    merged = row(merge(ours, valued, valued, prefer="aws"), "F").properties

    assert "second-secret" not in json.dumps([repr(one.before) + repr(one.after) for one in merged])
    if name == "Environment":
        assert merged[0].after == {"Variables": {"PASSWORD": "****", "LOG_LEVEL": "info"}}


def test_what_only_the_deployment_will_tell_is_said_to_be_so() -> None:
    valued = [change("Q", Replacement="False", Details=[detail("QueueName", "a", "{{changeSet:KNOWN_AFTER_APPLY}}")])]

    told = as_text(merge(compare(stack(), stack()), valued, valued, prefer="aws"))

    assert "QueueName: a → (known after it is deployed)" in told


ROLE = "AWS::IAM::Role"


def trusting(service: str, *, more: bool = False) -> dict[str, Any]:
    actions = ["sts:AssumeRole", "sts:TagSession"] if more else ["sts:AssumeRole"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def test_a_document_that_aws_tells_as_one_value_is_shown_where_it_differs() -> None:
    sides = trusting("lambda.amazonaws.com"), trusting("states.amazonaws.com", more=True)
    ours = compare(*(stack(R=(ROLE, side)) for side in sides))
    whole = [json.dumps(side["AssumeRolePolicyDocument"]) for side in sides]
    valued = [change("R", ResourceType=ROLE, Replacement="False", Details=[detail("AssumeRolePolicyDocument", *whole)])]

    merged = merge(ours, valued, valued, prefer="aws")

    statement = "/Properties/AssumeRolePolicyDocument/Statement/0"
    assert [(one.path, one.before, one.after) for one in row(merged, "R").properties] == [
        (f"{statement}/Principal/Service", "lambda.amazonaws.com", "states.amazonaws.com"),
        (f"{statement}/Action/1", None, "sts:TagSession"),
    ]


def test_of_a_document_each_place_keeps_its_own_cause() -> None:
    text = {"Fn::Sub": "${A}"}, {"Fn::Sub": "${B}"}
    template = {
        "Parameters": {name: {"Type": "String"} for name in ("A", "B")},
        "Resources": {"R": {"Type": ROLE, "Properties": {"AssumeRolePolicyDocument": {"Statement": list(text)}}}},
    }
    ours = compare(template, template, before={"A": "1", "B": "1"}, after={"A": "2", "B": "2"})
    told = [
        {**detail("AssumeRolePolicyDocument"), "ChangeSource": "ParameterReference", "CausingEntity": n} for n in "AB"
    ]

    merged = merge(ours, [change("R", Replacement="False", Details=told)], [], prefer="aws")

    assert [(one.path[-1], one.causing_entity) for one in row(merged, "R").properties] == [("0", "A"), ("1", "B")]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("x" * 9 + "(Truncated-Signature):ab", "y" * 9 + "(Truncated-Signature):cd", ("x" * 99, "y" * 99)),
        ("x", "{{changeSet:KNOWN_AFTER_APPLY}}", ("x", "y" * 99)),
        ("x", "to {{changeSet:KNOWN_AFTER_APPLY}}", ("x", "y" * 99)),
        ("other", "words", ("other", "words")),
    ],
)
def test_where_aws_tells_a_part_or_nothing_our_value_is_shown(before: str, after: str, shown: tuple[str, str]) -> None:
    sides = [stack(P=("AWS::SSM::Parameter", {"Value": sign * 99})) for sign in "xy"]
    valued = [change("P", Replacement="False", Details=[detail("Value", before, after)])]

    (one,) = row(merge(compare(*sides), valued, valued, prefer="aws"), "P").properties

    assert (one.before, one.after, one.after_known) == (*shown, True)
