"""What must hold for every template, found by looking for one where it does not."""

from __future__ import annotations

import contextlib
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seed.changesets import (
    InvalidTemplate,
    as_aws,
    as_markdown,
    as_text,
    compare,
    from_json,
    order,
    parse_template,
    to_json,
)

NAMES = st.sampled_from(["Queue", "Table", "Bucket", "Role", "Topic"])
TYPES = {"Queue": "AWS::SQS::Queue", "Table": "AWS::DynamoDB::Table", "Bucket": "AWS::S3::Bucket", "Role": "AWS::IAM::Role", "Topic": "AWS::SNS::Topic"}  # fmt: skip
REFERENCES = NAMES.flatmap(
    lambda name: st.sampled_from(
        [
            {"Ref": name},
            {"Fn::GetAtt": [name, "Arn"]},
            {"Fn::Sub": f"x-${{{name}}}-${{{name}.Arn}}"},
            {"Ref": "Param"},
            {"Ref": "Secret"},
        ]
    )
)
SCALARS = st.one_of(st.text(max_size=8), st.integers(-5, 5), st.booleans(), REFERENCES)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b/c", "d~e"]), inner, max_size=3),
        st.tuples(st.just("Yes"), inner, inner).map(lambda t: {"Fn::If": list(t)}),
        st.lists(SCALARS, max_size=3).map(lambda items: {"Fn::Join": ["-", items]}),
    ),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["TableName", "KeySchema", "Tags", "Policies", "Other"]), VALUES, max_size=4
)
RESOURCES = st.dictionaries(NAMES, PROPERTIES, max_size=5)


def template(resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "Parameters": {"Param": {"Type": "String"}, "Secret": {"Type": "String", "NoEcho": True}},
        "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "Param"}, "one"]}},
        "Resources": {name: {"Type": TYPES[name], "Properties": given} for name, given in resources.items()},
        "Outputs": {name: {"Value": {"Ref": name}} for name in resources},
    }


GIVEN = {"Param": "one", "Secret": "s3cr3t-value-of-before"}
CHANGED = {"Param": "two", "Secret": "s3cr3t-value-of-after"}


@given(RESOURCES)
@settings(max_examples=80, deadline=None)
def test_a_template_compared_with_itself_changes_nothing(resources: dict[str, Any]) -> None:
    change_set = compare(template(resources), template(resources), before=GIVEN, after=GIVEN)
    assert change_set.empty


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(RESOURCES)
@settings(max_examples=60, deadline=None)
def test_the_order_of_keys_means_nothing(resources: dict[str, Any]) -> None:
    assert compare(template(resources), reordered(template(resources)), before=GIVEN, after=GIVEN).empty


def leaves(value: Any, path: str) -> Any:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}/{index}")
    else:
        yield path, json.dumps(value)


PLAIN = st.recursive(
    st.one_of(st.text("xyz", max_size=3), st.integers(0, 3), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b/c", "d~e"]), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


def within(path: str, row: str) -> bool:
    """The row is of this leaf, of an object that it is in, or (where it was empty) of what came into it."""
    return (path + "/").startswith(row + "/") or row.startswith(path + "/")


@given(st.dictionaries(NAMES, st.dictionaries(st.sampled_from(["P", "Tags"]), PLAIN), max_size=2), st.data())
@settings(max_examples=120, deadline=None)
def test_every_changed_leaf_stands_in_some_row(old: dict[str, Any], data: Any) -> None:
    new = {name: data.draw(st.dictionaries(st.sampled_from(["P", "Tags"]), PLAIN)) for name in old}
    change_set = compare(template(old), template(new), before=GIVEN, after=GIVEN)
    rows = {(one.logical_id, change.path) for one in change_set.resources for change in one.properties}
    for name in old:
        sides = [dict(leaves(side[name], "/Properties")) for side in (old, new)]
        for path in sides[0].keys() | sides[1].keys():
            texts = [side.get(path, "(none)").strip('"') for side in sides]
            if texts[0] != texts[1] and path != "/Properties":
                assert any(n == name and within(path, p) for n, p in rows), (path, rows)


ATTRIBUTES = ("Metadata", "UpdatePolicy", "CreationPolicy")
POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
AROUND = st.fixed_dictionaries(
    {
        **dict.fromkeys(ATTRIBUTES, st.dictionaries(st.sampled_from(["a", "b/c"]), PLAIN, min_size=1, max_size=2)),
        **dict.fromkeys(POLICIES, st.sampled_from(["Retain", "Delete", "RetainExceptOnCreate"])),
    }
)


@given(AROUND, AROUND, PLAIN, PLAIN)
@settings(max_examples=80, deadline=None)
def test_every_changed_leaf_beside_the_properties_stands_in_some_row(
    old: dict[str, Any], new: dict[str, Any], was: Any, now: Any
) -> None:
    sides = [{"Resources": {"Queue": {"Type": TYPES["Queue"], **side}},
              "Outputs": {"O": {"Value": value, "Description": value}}} for side, value in ((old, was), (new, now))]  # fmt: skip
    change_set = compare(*sides)
    rows = [change.path for one in change_set.resources for change in one.properties]
    rows += [change.path for change in change_set.outputs]
    for name in (*ATTRIBUTES, *POLICIES):
        changed_leaves_stand_in(rows, old[name], new[name], f"/{name}")
    changed_leaves_stand_in(rows, was, now, "/Outputs/O/Value")


def changed_leaves_stand_in(rows: list[str], old: Any, new: Any, place: str) -> None:
    sides = [dict(leaves(side, place)) for side in (old, new)]
    for path in sides[0].keys() | sides[1].keys():
        if len({side.get(path, "(none)").strip('"') for side in sides}) > 1:
            assert any(within(path, one) for one in rows), (path, rows)


@given(RESOURCES, RESOURCES)
@settings(max_examples=80, deadline=None)
def test_no_secret_in_any_output_and_every_output_can_be_made(old: dict[str, Any], new: dict[str, Any]) -> None:
    change_set = compare(template(old), template(new), before=GIVEN, after=CHANGED)
    as_json = json.loads(json.dumps(to_json(change_set, contexts=True)))
    assert from_json(as_json) == change_set
    outputs = [json.dumps(as_json), as_text(change_set), as_markdown(change_set), repr(change_set)]
    outputs += [json.dumps(as_aws(change_set, property_values=values)) for values in (True, False)]
    assert "s3cr3t" not in "".join(outputs)


TOLD = "told-by-the-caller"
HIDING = st.sampled_from(
    [
        "{{resolve:secretsmanager:s3cr3t-path:SecretString:password}}",
        "{{resolve:ssm-secure:/s3cr3t-path}}",
        TOLD,
        f"postgres://u:{TOLD}@host",
        {"Fn::Sub": "x-{{resolve:secretsmanager:s3cr3t-${Param}}}"},
        {"Fn::Join": ["", ["{{resolve:secretsmanager:s3cr3t-", {"Ref": "Param"}, "}}"]]},
        {"Fn::Base64": TOLD},
        {"Fn::If": ["Yes", TOLD, "none"]},
        {TOLD: "as a key"},
    ]
)
HIDDEN = st.dictionaries(
    NAMES, st.dictionaries(st.sampled_from(["TableName", "Tags", "Other"]), st.one_of(HIDING, st.lists(HIDING, max_size=2), VALUES), max_size=3), max_size=3
)  # fmt: skip


@given(HIDDEN, HIDDEN)
@settings(max_examples=80, deadline=None)
def test_no_reference_to_a_secret_and_no_secret_of_the_caller_in_any_output(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    change_set = compare(template(old), template(new), before=GIVEN, after=CHANGED, secrets=[TOLD])
    outputs = [json.dumps(to_json(change_set, contexts=True)), as_text(change_set), as_markdown(change_set)]
    outputs += [json.dumps(as_aws(change_set, property_values=values)) for values in (True, False)]
    assert "s3cr3t" not in "".join(outputs)
    assert TOLD not in "".join(outputs)
    assert b64encode(TOLD.encode()).decode() not in "".join(outputs)


SETS: dict[str, Callable[[list[str]], Any]] = {
    "AWS::IAM::ManagedPolicy": lambda items: {"PolicyDocument": {"Statement": [{"Action": items, "Resource": items}]}},
    "AWS::Lambda::Function": lambda items: {"VpcConfig": {"SubnetIds": items, "SecurityGroupIds": items}},
    "AWS::IAM::Role": lambda items: {"ManagedPolicyArns": items},
    "AWS::SQS::Queue": lambda items: {"Tags": [{"Key": item, "Value": "v"} for item in items]},
    "AWS::Lambda::Url": lambda items: {"Cors": {"AllowOrigins": items, "AllowHeaders": items}},
}


@given(
    st.sampled_from(sorted(SETS)),
    st.lists(st.text("abc*:", min_size=1, max_size=4), unique=True, max_size=6),
    st.randoms(),
)
@settings(max_examples=120, deadline=None)
def test_a_list_that_is_a_set_in_another_order_changes_nothing(kind: str, items: list[str], random: Any) -> None:  # fmt: skip
    other = list(items)
    random.shuffle(other)
    sides = [{"Resources": {"X": {"Type": kind, "Properties": SETS[kind](one)}}} for one in (items, other)]
    assert all(row.routine for row in compare(*sides).resources)
    assert not compare(*sides).findings


@given(
    st.sampled_from(sorted(order.SETS)),
    st.lists(st.one_of(st.text("ab:", min_size=1, max_size=3), st.dictionaries(st.sampled_from(["k", "v"]), st.text("ab", max_size=2), min_size=1)), max_size=5),
    st.randoms(),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_each_list_that_is_known_as_a_set_is_one_wherever_it_stands(name: str, items: list[Any], random: Any) -> None:
    other = list(items)
    random.shuffle(other)
    for put in (lambda it: {name: it}, lambda it: {"In": [{"Deep": {name: it}}]}):
        sides = [{"Resources": {"X": {"Type": "AWS::SQS::Queue", "Properties": put(one)}}} for one in (items, other)]
        assert all(row.routine for row in compare(*sides).resources)


@given(st.lists(st.text("ab", min_size=1, max_size=3), unique=True, min_size=2, max_size=5), st.randoms())
@settings(max_examples=40, deadline=None)
def test_any_other_list_has_an_order(items: list[str], random: Any) -> None:
    other = list(items)
    random.shuffle(other)
    sides = [{"Resources": {"X": {"Type": "AWS::SQS::Queue", "Properties": {"Steps": one}}}} for one in (items, other)]
    assert [row.routine for row in compare(*sides).resources] == ([""] if items != other else [])


PIECES = st.lists(
    st.one_of(
        st.text("ab-/.$", max_size=4),
        st.sampled_from(["Param", "AWS::Region", "Queue"]).map(lambda name: {"Ref": name}),
        st.sampled_from([("Queue", "Arn"), ("Queue", "QueueName")]).map(lambda pair: {"Fn::GetAtt": list(pair)}),
    ),
    max_size=6,
)


def as_join(pieces: list[Any]) -> Any:
    return {"Fn::Join": ["", pieces]}


def as_joins(pieces: list[Any]) -> Any:
    half = len(pieces) // 2
    return {"Fn::Join": ["", [as_join(pieces[:half]), {"Fn::Join": ["", pieces[half:]]}]]}


def as_sub(pieces: list[Any]) -> Any:
    return {"Fn::Sub": "".join(in_sub(piece) for piece in pieces)}


def as_sub_with_names(pieces: list[Any]) -> Any:
    names = {f"p{at}": piece for at, piece in enumerate(pieces)}
    return {"Fn::Sub": ["".join("${" + name + "}" for name in names), names]}


def as_if(pieces: list[Any]) -> Any:
    return {"Fn::If": ["Yes", as_sub(pieces), "otherwise"]}


def as_short_forms(pieces: list[Any]) -> Any:
    text = "!Join ['', [" + ", ".join(in_yaml(piece) for piece in pieces) + "]]"
    return parse_template(f"Resources: {{X: {{Type: T, Properties: {{V: {text}}}}}}}")["Resources"]["X"]["Properties"][
        "V"
    ]


def in_sub(piece: Any) -> str:
    if isinstance(piece, str):
        return piece
    (argument,) = piece.values()
    return "${" + (argument if isinstance(argument, str) else ".".join(argument)) + "}"


def in_yaml(piece: Any) -> str:
    if isinstance(piece, str):
        return json.dumps(piece)
    ((name, argument),) = piece.items()
    return f"!Ref {json.dumps(argument)}" if name == "Ref" else f"!GetAtt {'.'.join(argument)}"


def as_item(pieces: list[Any]) -> Any:
    return {"Fn::Select": ["1", ["another", as_join(pieces)]]}


def as_default_of_a_mapping(pieces: list[Any]) -> Any:
    return {"Fn::FindInMap": ["None", "at", "all", {"DefaultValue": as_sub(pieces)}]}


def with_names_in_texts(pieces: list[Any]) -> Any:
    """`Queue.Arn`, as YAML people write it."""
    texts = [
        {"Fn::GetAtt": ".".join(piece["Fn::GetAtt"])} if isinstance(piece, dict) and "Fn::GetAtt" in piece else piece
        for piece in pieces
    ]
    return as_join(texts)


SPELLINGS = (as_join, as_joins, as_sub, as_sub_with_names, as_if, as_short_forms, as_item, as_default_of_a_mapping, with_names_in_texts)  # fmt: skip


@given(PIECES, st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
@settings(max_examples=200, deadline=None)
def test_another_spelling_of_a_text_changes_nothing(pieces: list[Any], one: Any, other: Any) -> None:
    assume("${" not in "".join(piece for piece in pieces if isinstance(piece, str)))
    sides = [template({"Queue": {}, "Topic": {"DisplayName": spelled(pieces)}}) for spelled in (one, other)]
    assert compare(*sides, before=GIVEN, after=GIVEN).empty


@given(st.text(max_size=200))
@settings(max_examples=120, deadline=None)
def test_any_text_is_a_template_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(InvalidTemplate):
        compare(None, parse_template(text))
