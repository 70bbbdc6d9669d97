"""Templates whose resources refer to each other, to parameters, mappings and conditions; and what becomes of them."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from seed.changesets import Template

KINDS = {
    "AWS::SNS::Topic": ("TopicName", "DisplayName"),
    "AWS::SSM::Parameter": ("Name", "Value"),
    "AWS::Lambda::Permission": ("SourceArn", "Principal"),
    "AWS::EC2::Instance": ("InstanceType", "ImageId", "UserData"),
    "AWS::DynamoDB::Table": ("KeySchema", "TableName", "Other"),
    "AWS::CloudFormation::Stack": ("TemplateURL", "Parameters"),
    "Custom::Thing": ("A", "ServiceToken"),
}
"""What is always, perhaps and never replaced, by name, by its handler, by itself; and what is listed by itself."""
IDS = ("R1", "R2", "R3", "R4")
NO_VALUE = {"Ref": "AWS::NoValue"}
ATTRIBUTES = st.sampled_from(["Arn", "TopicName", "DisplayName", "Value", "Outputs.O"])


class Change(NamedTuple):
    old: Template
    new: Template
    before: dict[str, str]
    after: dict[str, str]

    @property
    def back(self) -> Change:
        return Change(self.new, self.old, self.after, self.before)


@cache
def values(others: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Anything that a property may say where these others are there to refer to."""
    kinds: list[st.SearchStrategy[Any]] = [
        st.sampled_from(["a", "b", 1, True, {"Ref": "P1"}, {"Ref": "P2"}, NO_VALUE, {"Fn::ImportValue": "x"}]),
        st.sampled_from(["0", "1"]).map(lambda at: {"Fn::Select": [at, {"Ref": "PL"}]}),
        st.sampled_from(["x", "y", {"Ref": "P1"}]).map(lambda key: {"Fn::FindInMap": ["M", key, "v", {"DefaultValue": "d"}]}),
    ]  # fmt: skip
    if others:
        one = st.sampled_from(others)
        kinds += [
            one.map(lambda name: {"Ref": name}),
            st.tuples(one, ATTRIBUTES).map(lambda pair: {"Fn::GetAtt": list(pair)}),
            st.tuples(one, one).map(lambda pair: {"Fn::Sub": f"${{{pair[0]}}}-${{{pair[1]}.Arn}}-${{P1}}"}),
        ]
    leaf = st.one_of(*kinds)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=2),
            st.dictionaries(st.sampled_from(["k", "l"]), inner, max_size=2),
            st.tuples(st.sampled_from(["C1", "C2", "Unknown"]), inner, inner).map(lambda t: {"Fn::If": list(t)}),
            st.lists(leaf, max_size=3).map(lambda items: {"Fn::Join": ["-", items]}),
        ),
        max_leaves=4,
    )


@st.composite
def templates(draw: st.DrawFn) -> Template:
    ids = IDS[: draw(st.integers(2, len(IDS)))]
    text = {"Type": "String", "Default": "x"}
    return {
        "Parameters": {"P1": text, "P2": text, "PL": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Mappings": {"M": {"x": {"v": draw(st.sampled_from("12"))}, "y": {"v": "2"}}},
        "Conditions": {
            "C1": {"Fn::Equals": [{"Ref": "P1"}, "x"]},
            "C2": {"Fn::Not": [{"Condition": "C1"}]},
            "Unknown": {"Fn::Equals": [{"Ref": "AWS::Region"}, "r"]},
        },
        "Resources": {name: draw(resources(ids[:at])) for at, name in enumerate(ids)},
    }


@st.composite
def resources(draw: st.DrawFn, others: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    made = {"Type": kind, "Properties": draw(st.fixed_dictionaries({}, optional=dict.fromkeys(KINDS[kind], values(others))))}  # fmt: skip
    more = {
        "Metadata": st.fixed_dictionaries({"m": values(others)}),
        "DeletionPolicy": st.sampled_from(["Retain", "Delete"]),
        "Condition": st.sampled_from(["C1", "C2"]),
    }
    return made | {name: draw(one) for name, one in more.items() if draw(st.integers(0, 5)) == 0}


GIVEN = st.fixed_dictionaries(
    {}, optional={"P1": st.sampled_from("xyz"), "P2": st.sampled_from("xp"), "PL": st.sampled_from(["a,b", "c,b"])}
)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A template, and the same with a few properties, a mapping, parameters or the set of resources changed."""
    old = draw(templates())
    new = deepcopy(old)
    ids = tuple(new["Resources"])
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(ids) - 1))
        one = new["Resources"][ids[at]]
        one["Properties"][draw(st.sampled_from(KINDS[one["Type"]]))] = draw(values(ids[:at]))
    new["Mappings"]["M"]["x"]["v"] = draw(st.sampled_from("12"))
    if draw(st.integers(0, 4)) == 0:
        del new["Resources"][ids[-1]]  # to which nobody refers
    before = draw(GIVEN)
    return Change(old, new, before, draw(st.one_of(st.just(before), GIVEN)))
