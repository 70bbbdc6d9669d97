"""What must hold for every template, found by looking for one where it does not."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from seed.changesets import InvalidTemplate, as_aws, as_markdown, as_text, compare, from_json, parse_template, to_json

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


@given(RESOURCES, RESOURCES)
@settings(max_examples=80, deadline=None)
def test_no_secret_in_any_output_and_every_output_can_be_made(old: dict[str, Any], new: dict[str, Any]) -> None:
    change_set = compare(template(old), template(new), before=GIVEN, after=CHANGED)
    as_json = json.loads(json.dumps(to_json(change_set, contexts=True)))
    assert from_json(as_json) == change_set
    outputs = [json.dumps(as_json), as_text(change_set), as_markdown(change_set), repr(change_set)]
    outputs += [json.dumps(as_aws(change_set, property_values=values)) for values in (True, False)]
    assert "s3cr3t" not in "".join(outputs)


@given(st.text(max_size=200))
@settings(max_examples=120, deadline=None)
def test_any_text_is_a_template_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(InvalidTemplate):
        compare(None, parse_template(text))
