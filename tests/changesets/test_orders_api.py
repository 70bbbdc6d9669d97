"""The main line: a real service before and after a real change."""

from __future__ import annotations

import copy
from typing import Any

from tests.changesets.templates import names, orders, row, rules_of, stack

from seed.changesets import Deployed, Severity, as_text, compare, headline


def test_the_same_template_changes_nothing() -> None:
    change_set = compare(orders("v1"), orders("v1"))
    assert change_set.empty
    assert change_set.findings == ()
    assert headline(change_set, "production") == "Nothing changes in production."


def test_a_replaced_table_and_a_removed_bucket_are_dangers() -> None:
    change_set = compare(orders("v1"), orders("v2"))
    assert change_set.severity == Severity.DANGER
    table = row(change_set, "OrdersTable")
    assert (table.action, table.replacement, table.policy_action) == ("Modify", "True", "ReplaceAndDelete")
    assert row(change_set, "ScratchBucket").action == "Remove"
    dangers = {f.logical_id for f in change_set.findings if f.severity == Severity.DANGER}
    assert dangers == {"OrdersTable", "ScratchBucket"}


def test_danger_stands_first() -> None:
    change_set = compare(orders("v1"), orders("v2"))
    levels = [one.severity for one in change_set.resources]
    assert levels == sorted(levels, reverse=True)
    assert [f.severity for f in change_set.findings][:2] == [Severity.DANGER, Severity.DANGER]


def test_environment_changes_are_shown_by_name() -> None:
    change_set = compare(orders("v1"), orders("v2"))
    changes = {change.path: change for change in row(change_set, "WorkerLambdaFunction").properties}
    level = changes["/Properties/Environment/Variables/LOG_LEVEL"]
    assert (level.before, level.after) == ("info", "debug")
    table = changes["/Properties/Environment/Variables/TABLE_NAME"]
    assert (table.causing_entity, table.change_source) == ("OrdersTable", "ResourceReference")
    assert (table.before, table.after) == ("orders-api-dev-orders", "orders-api-dev-orders-v2")


def test_an_added_function_is_an_addition() -> None:
    change_set = compare(orders("v1"), orders("v2"))
    assert row(change_set, "ListOrdersLambdaFunction").action == "Add"


def test_the_headline_says_what_confirming_does() -> None:
    said = headline(compare(orders("v1"), orders("v2")), "production")
    assert said.startswith("Replaces the table OrdersTable in production: its items are lost.")
    assert "3 functions get new code" in said


def test_packaging_the_same_source_again_is_routine() -> None:
    change_set = compare(orders("v1"), orders("v1-again"))
    assert all(one.routine for one in change_set.resources)
    assert change_set.severity == Severity.ROUTINE
    assert headline(change_set) == "Only routine changes."


def test_a_new_stack_is_additions_without_what_its_conditions_leave_out() -> None:
    template = orders("v1")
    template["Conditions"]["Never"] = {"Fn::Equals": ["a", "b"]}
    template["Resources"]["ScratchBucket"]["Condition"] = "Never"
    change_set = compare(None, template, stack_name="orders-api-dev")
    assert change_set.new_stack
    assert {one.action for one in change_set.resources} == {"Add"}
    assert "ScratchBucket" not in names(change_set)
    assert headline(change_set).startswith("Creates the stack orders-api-dev: ")


def test_new_code_of_one_function_shows_it_its_version_and_what_depends_on_it() -> None:
    old, new = orders("v1"), orders("v1")
    resources = new["Resources"]
    resources["WorkerLambdaFunction"]["Properties"]["Code"]["S3Key"] = "sha256/1234.zip"
    version = next(name for name in resources if name.startswith("WorkerLambdaVersion"))
    resources["WorkerLambdaVersionNew"] = copy.deepcopy(resources.pop(version))
    resources["WorkerLambdaVersionNew"]["Properties"]["CodeSha256"] = "other"
    new["Outputs"]["WorkerLambdaFunctionQualifiedArn"]["Value"] = {"Ref": "WorkerLambdaVersionNew"}
    change_set = compare(old, new)
    assert {one.logical_id for one in change_set.resources if not one.routine} == {"WorkerLambdaFunction"}
    folded = {"WorkerLambdaVersionNew", version, "WorkerEventSourceMappingSQSWorkQueue"}
    assert names(change_set) == {"WorkerLambdaFunction", *folded}
    assert row(change_set, "WorkerEventSourceMappingSQSWorkQueue").inferred
    assert headline(change_set) == "1 function gets new code: WorkerLambdaFunction. Nothing else changes."


def test_code_that_lies_elsewhere_but_is_deployed_already_is_no_new_code() -> None:
    old, new = orders("v1"), orders("v1")
    for name, resource in new["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"S3Bucket": "seed-assets", "S3Key": f"{name}.zip"}
        if resource["Type"] == "AWS::Lambda::Version":
            resource["Properties"].pop("CodeSha256")
    for resource in old["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Version":
            resource["Properties"].pop("CodeSha256")
    functions = frozenset(n for n, r in new["Resources"].items() if r["Type"] == "AWS::Lambda::Function")
    change_set = compare(old, new, deployed=Deployed(code_equal=functions))
    assert all(one.routine for one in change_set.resources)
    assert compare(old, new).severity != Severity.ROUTINE


def layered(key: str) -> dict[str, Any]:
    lib = ("AWS::Lambda::LayerVersion", {"LayerName": "lib", "Content": {"S3Bucket": "b", "S3Key": key}})
    uses = ("AWS::Lambda::Function", {"Role": "r", "Code": {"ZipFile": "x"}, "Layers": [{"Ref": "Lib"}]})
    exported = {"Value": {"Ref": "Lib"}, "Export": {"Name": "lib"}}
    return {**stack(Lib=lib, Uses=uses), "Outputs": {"Arn": exported}}


def test_a_layer_with_the_same_code_gets_a_new_version_and_that_is_routine() -> None:
    same = Deployed(code_equal=frozenset({"Lib"}))
    change_set = compare(layered("a"), layered("b"), deployed=same)

    assert {one.logical_id: (one.replacement, one.routine) for one in change_set.resources} == {
        "Lib": ("True", "same code, stored elsewhere"),
        "Uses": ("False", "the new version of Lib has the same code"),
    }
    assert [(one.path, one.routine, one.after_known) for one in change_set.outputs] == [
        ("/Outputs/Arn/Value", "follows routine changes", False)
    ]
    assert (change_set.severity, headline(change_set)) == (Severity.ROUTINE, "Only routine changes.")
    assert compare(layered("a"), layered("b")).severity != Severity.ROUTINE


def test_an_export_of_such_a_layer_moves_all_the_same() -> None:
    used = Deployed(code_equal=frozenset({"Lib"}), exports={"lib": ("billing",)})
    assert rules_of(compare(layered("a"), layered("b"), deployed=used)) == {"export-in-use"}


def test_an_output_alone_is_a_change() -> None:
    new = orders("v1")
    new["Outputs"]["HttpApiUrl"]["Description"] = "Where it is"
    change_set = compare(orders("v1"), new)
    assert not change_set.empty
    assert change_set.resources == ()
    assert [change.path for change in change_set.outputs] == ["/Outputs/HttpApiUrl/Description"]


def test_the_text_names_every_row() -> None:
    change_set = compare(orders("v1"), orders("v2"))
    text = as_text(change_set, stage="production")
    assert all(name in text for name in names(change_set))
    assert not {"data-replaced", "data-removed"} - rules_of(change_set)
