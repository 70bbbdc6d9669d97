"""Templates are read in both languages, and nothing in them takes us down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seed.changesets import InvalidTemplate, compare, parse_template

HEAD = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      A: "


def value_of(yaml_text: str) -> Any:
    return parse_template(HEAD + yaml_text + "\n")["Resources"]["Q"]["Properties"]["A"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref B", {"Ref": "B"}),
        ("!GetAtt B.Arn", {"Fn::GetAtt": ["B", "Arn"]}),
        ("!GetAtt B.Outputs.Url", {"Fn::GetAtt": ["B", "Outputs.Url"]}),
        ("!GetAtt [B, Arn]", {"Fn::GetAtt": ["B", "Arn"]}),
        ("!Sub '${B}-x'", {"Fn::Sub": "${B}-x"}),
        (
            "!GetStackOutput {StackName: net, OutputName: Id}",
            {"Fn::GetStackOutput": {"StackName": "net", "OutputName": "Id"}},
        ),
        ("!Contains [[a, b], !Ref B]", {"Fn::Contains": [["a", "b"], {"Ref": "B"}]}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        ("!If [C, !Ref B, !Ref 'AWS::NoValue']", {"Fn::If": ["C", {"Ref": "B"}, {"Ref": "AWS::NoValue"}]}),
        ("!Base64 {'Fn::Sub': x}", {"Fn::Base64": {"Fn::Sub": "x"}}),
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("yes", True),
        ("'yes'", "yes"),
        ("1.5", 1.5),
        ("~", None),
    ],
)
def test_short_forms_and_scalars(short: str, long: Any) -> None:
    assert value_of(short) == long


def test_a_sign_that_is_written_in_two_halves_is_one() -> None:
    text = r'{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"A": "\ud83d\ude80 \u00e9"}}}}'
    assert parse_template(text)["Resources"]["Q"]["Properties"]["A"] == "🚀 é"


def test_json_and_yaml_are_the_same_template() -> None:
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}}}
    yaml_text = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 5}\n"
    assert parse_template(json.dumps(template)) == parse_template(yaml_text) == template


def test_aliases_and_merges_are_read() -> None:
    text = HEAD + "&a {x: 1}\n      B: *a\n      C: {<<: *a, y: 2}\n      D: {<<: [*a, {x: 3, z: 4}]}\n"
    properties = parse_template(text)["Resources"]["Q"]["Properties"]
    assert (properties["C"], properties["D"]) == ({"x": 1, "y": 2}, {"x": 1, "z": 4})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just text",
        "{",
        "a: [",
        "a: &x [*x]",
        "a: *nothing",
        "a: !!python/object/apply:os.system [ls]",
        "a: !Unknown b",
        "--- {}\n--- {}",
        "[" * 5000,
        '{"a":' * 5000,
        "a: " + "{b: " * 5000,
        "\x00",
        '{"Resources": []}',
        '{"Resources": {"Q": {}}}',
        '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": []}, "R": {"Type": 1}}}',
        '{"Outputs": {"O": 1}}',
        "? {a: b}\n: c",
        "x" * (5 * 1024 * 1024),
        "a: NaN\nb: [",
        r'{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "\ud800"}}}}',
    ],
    ids=range(22),
)
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        parse_template(text)
    assert caught.value.sentence


@pytest.mark.parametrize("given", [{"Ref": "Q"}, [{"Ref": "Q"}], 1, [["Q"]]])
def test_what_a_resource_depends_on_is_named_and_nothing_else(given: Any) -> None:
    queues = {"Q": {"Type": "AWS::SQS::Queue"}, "Next": {"Type": "AWS::SQS::Queue", "DependsOn": given}}
    with pytest.raises(InvalidTemplate) as caught:
        parse_template(json.dumps({"Resources": queues}))
    assert caught.value.where == "Resources.Next.DependsOn"
    assert caught.value.hint


@pytest.mark.parametrize("given", ["Q", ["Q"], [], None])
def test_what_a_resource_depends_on_is_a_name_or_a_list_of_them(given: Any) -> None:
    parse_template(json.dumps({"Resources": {"Next": {"Type": "AWS::SQS::Queue", "DependsOn": given}}}))


def test_anchors_by_the_thousand_do_not_grow() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(InvalidTemplate):
        parse_template("\n".join(lines))


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Nothing": 1},
        {"Fn::Join": "x"},
        {"Fn::If": ["a"]},
        {"Fn::GetAtt": []},
        {"Fn::Sub": 5},
        {"Fn::Select": [1]},
    ],
)
def test_functions_used_wrongly_are_refused(value: Any) -> None:
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"A": value}}}}
    with pytest.raises(InvalidTemplate):
        compare(None, template)


def test_conditions_that_depend_on_themselves_are_refused() -> None:
    template = {
        "Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Condition": "A"}},
    }
    with pytest.raises(InvalidTemplate):
        compare(None, template)


class TestTwice:
    """A key that stands again beside itself: only the last counts, which CloudFormation does not say."""

    @pytest.mark.parametrize(
        ("text", "places"),
        [
            ('{"Resources": {"Q": {"Type": "a", "Type": "b"}}}', ("Resources/Q/Type",)),
            ('{"Resources": {"Q": {"Type": "a", "X": [1, {"b": 1, "b": 1}]}}}', ("Resources/Q/X/1/b",)),
            ('{"Resources": {"Q": {"Type": "a"}}}', ()),
            ("Resources:\n  Q: {Type: a, Type: b}", ("Resources/Q/Type",)),
            ("Resources:\n  Q: {Type: a, X: [1, {b: 1, 'b': 1}]}", ("Resources/Q/X/1/b",)),
            ("Resources:\n  Q: {Type: a}\n  Q: {Type: a}", ("Resources/Q",)),
            ("Resources:\n  Q: &q {Type: a, b: 1}\n  R: {<<: *q, b: 2}\n  S: {b: 2, <<: *q}", ()),
        ],
    )
    def test_its_place_is_told(self, text: str, places: tuple[str, ...]) -> None:
        assert getattr(parse_template(text), "twice", ()) == places

    def test_thousands_of_them_are_not_all_told(self) -> None:
        text = '{"Resources": {}, "Mappings": {"M": {' + ", ".join(['"a": {}'] * 9_000) + "}}}"

        assert getattr(parse_template(text), "twice", ()) == ("Mappings/M/a",)
