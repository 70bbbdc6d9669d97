"""What is routine says why and of which kind; the kind alone decides what it is called in a fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.changesets.templates import function, orders, row, stack

from seed.changesets import ChangeSet, as_markdown, as_text, compare, from_json, merge, to_json
from seed.changesets.enrich import looked_into
from seed.changesets.model import PropertyChange, ResourceChange
from seed.changesets.reasons import FOLDS, Kind, folds

VERSION, NESTED = "AWS::Lambda::Version", "AWS::CloudFormation::Stack"
QUEUE, ROLE = "AWS::SQS::Queue", "AWS::IAM::Role"


def everything(change_set: ChangeSet) -> Iterator[PropertyChange | ResourceChange]:
    yield from change_set.outputs
    for one in change_set.resources:
        yield one
        yield from one.properties
        yield from everything(one.nested) if one.nested else ()


def function_of(role: dict[str, Any], version: str) -> dict[str, Any]:
    resources = {
        "Role": (ROLE, {"AssumeRolePolicyDocument": {"Statement": []}, **role}),
        "F": function(Role={"Fn::GetAtt": ["Role", "Arn"]}),
        "Q": {"Type": QUEUE, "Metadata": {"made": version}},
        version: (VERSION, {"FunctionName": {"Ref": "F"}}),
    }
    return {**stack(**resources), "Outputs": {"Arn": {"Value": {"Ref": version}}}}


def quiet() -> ChangeSet:
    """A new version, a follower, metadata and an output that follows."""
    return compare(function_of({}, "V1111111"), function_of({"MaxSessionDuration": 7200}, "V2222222"))


def parent(change_set: ChangeSet) -> ChangeSet:
    """A nested stack that is only touched, with this inside."""
    child = (NESTED, {"TemplateURL": "https://s3/child.yml"})
    sides = [stack(Child=child, Q=(QUEUE, {"DelaySeconds": delay})) for delay in (1, 2)]
    return looked_into(compare(*sides), {"Child": change_set})


def only_versions() -> ChangeSet:
    sides = [stack(F=function(), **{name: (VERSION, {"FunctionName": {"Ref": "F"}})}) for name in ("V1", "V2")]
    return compare(*sides)


@pytest.mark.parametrize(
    "change_set",
    [
        quiet(),
        compare(orders("v1"), orders("v2")),
        compare(orders("v1"), orders("v1-again")),
        parent(only_versions()),
        merge(quiet(), [], [], prefer="seed"),
    ],
    ids=["quiet", "orders", "again", "nested", "merged"],
)
def test_a_reason_has_a_kind_and_a_kind_a_reason(change_set: ChangeSet) -> None:
    found = list(everything(change_set))
    assert any(one.routine for one in found)
    for one in found:
        assert bool(one.routine) == bool(one.routine_kind)
        assert not one.routine or one.routine_kind in FOLDS
    again = everything(from_json(to_json(change_set)))
    assert [one.routine_kind for one in again] == [one.routine_kind for one in found]


def test_each_kind_has_words() -> None:
    assert list(FOLDS) == list(Kind)


def test_a_fold_says_in_text_and_markdown_what_is_in_it() -> None:
    words = "versions, metadata, outputs that follow, followers that stay what they are"
    assert f"\n5 routine: {words}\n" in as_text(quiet())
    assert f"<summary>5 routine: {words}</summary>" in as_markdown(quiet())


def test_what_is_routine_inside_of_a_folded_nested_stack_is_told_with_it() -> None:
    changes = parent(only_versions())
    assert row(changes, "Child").routine
    for told in (as_text(changes), as_markdown(changes)):
        (about,) = [line for line in told.splitlines() if "nested stack Child" in line]
        gone, come = told.split(about, 1)[1].splitlines()[1:3]
        assert "inside: - function version V1: removed: earlier version of F" in gone
        assert "inside: + function version V2: new version of F" in come
        assert "1 routine: versions, followers that stay what they are" in told


def test_what_changes_beside_the_resources_of_a_nested_stack_is_told() -> None:
    sides = [{**stack(Q=(QUEUE, {})), "Outputs": {"Url": {"Value": url}}} for url in ("a", "b")]
    for told in (as_text(parent(compare(*sides))), as_markdown(parent(compare(*sides)))):
        assert "inside: Outputs/Url/Value: a → b" in told.replace("\\", "")


def test_a_review_older_than_the_kinds_names_none() -> None:
    assert folds([ResourceChange("V", VERSION, "Add", routine="new version of F")]) == ""


def test_an_alias_and_a_stage_move_on_with_what_is_routine() -> None:
    """What is new in a version or a deployment stands in the rows of the function and of the API."""

    def side(name: str) -> dict[str, Any]:
        return stack(
            F=function(),
            Api=("AWS::ApiGateway::RestApi", {"Name": "shop"}),
            **{f"Version{name}": (VERSION, {"FunctionName": {"Ref": "F"}})},
            **{f"Deploy{name}": ("AWS::ApiGateway::Deployment", {"RestApiId": {"Ref": "Api"}})},
            Live=("AWS::Lambda::Alias", {"Name": "live", "FunctionName": {"Ref": "F"}, "FunctionVersion": {"Fn::GetAtt": [f"Version{name}", "Version"]}}),
            Prod=("AWS::ApiGateway::Stage", {"StageName": "prod", "RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": f"Deploy{name}"}}),
        )  # fmt: skip

    changes = compare(side("1111111"), side("2222222"))
    assert row(changes, "Live").routine == "moves on to the new version"
    assert row(changes, "Prod").routine == "moves on to the new API deployment"
    assert all(one.routine for one in changes.resources)
    other = side("2222222")
    other["Resources"]["Live"]["Properties"]["Name"] = "blue"
    assert not row(compare(side("1111111"), other), "Live").routine


def test_a_nested_stack_whose_template_only_lies_elsewhere_is_routine() -> None:
    def around(inside: ChangeSet) -> ResourceChange:
        sides = [stack(Child=(NESTED, {"TemplateURL": address})) for address in ("a", "b")]
        return row(looked_into(compare(*sides), {"Child": inside}), "Child")

    assert around(only_versions()).routine_kind == Kind.INSIDE
    assert around(compare(stack(F=function()), stack(F=function()))).routine_kind == Kind.INSIDE
    assert not around(compare(stack(F=function()), stack(F=function(MemorySize=1)))).routine
    outputs = [{**stack(F=function()), "Outputs": {"Url": {"Value": url}}} for url in ("a", "b")]
    assert not around(compare(*outputs)).routine
