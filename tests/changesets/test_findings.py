"""What findings say together; each rule alone is in test_rules.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.changesets.both_sides import change
from tests.changesets.rules.case import BUCKET, FUNCTION, QUEUE, ROLE, TABLE_TYPE, allow, index, role, table
from tests.changesets.templates import OTHER_KEY, TABLE, function, row, rules_of, stack

from seed.changesets import Deployed, PropertyChange, Severity, compare, headline


class TestWhatPoliciesSave:
    """The DeletionPolicy of the template that is deployed decides; of two UpdateReplacePolicies that which keeps less."""

    def test_a_retained_table_is_no_danger(self) -> None:
        removed = change(TABLE_TYPE, TABLE, None, DeletionPolicy="Retain")
        assert row(removed, "X").policy_action == "Retain"
        assert removed.severity == Severity.NOTICE
        replaced = change(TABLE_TYPE, TABLE, OTHER_KEY, UpdateReplacePolicy="Retain")
        assert row(replaced, "X").policy_action == "ReplaceAndRetain"
        assert replaced.severity == Severity.WARNING

    def test_retain_for_deletion_does_not_help_against_replacement(self) -> None:
        assert change(TABLE_TYPE, TABLE, OTHER_KEY, DeletionPolicy="Retain").severity == Severity.DANGER

    def test_a_policy_that_comes_with_the_change_comes_too_late(self) -> None:
        old = stack(X=(TABLE_TYPE, TABLE))
        new = stack(X={"Type": TABLE_TYPE, "Properties": OTHER_KEY, "UpdateReplacePolicy": "Retain"})
        assert compare(old, new).severity == Severity.DANGER

    def test_one_that_goes_with_the_change_is_not_relied_on(self) -> None:
        old = stack(X={"Type": TABLE_TYPE, "Properties": TABLE, "UpdateReplacePolicy": "Retain"})
        changes = compare(old, stack(X=(TABLE_TYPE, OTHER_KEY)))
        assert changes.severity == Severity.DANGER
        assert row(changes, "X").policy_action == "ReplaceAndDelete"

    def test_one_that_there_is_not_keeps_nothing(self) -> None:
        changes = change(TABLE_TYPE, TABLE, OTHER_KEY, UpdateReplacePolicy="Retian")
        assert changes.severity == Severity.DANGER

    def test_a_snapshot_is_a_warning(self) -> None:
        assert change("AWS::RDS::DBInstance", {}, None).severity == Severity.WARNING
        assert change("AWS::RDS::DBInstance", {}, None, DeletionPolicy="Delete").severity == Severity.DANGER

    def test_a_weakened_policy_is_told(self) -> None:
        sides = [
            stack(X={"Type": TABLE_TYPE, "Properties": TABLE, "DeletionPolicy": policy})
            for policy in ("Retain", "Delete")
        ]
        assert rules_of(compare(*sides)) == {"policy-weakened"}


def test_an_export_that_others_import_cannot_go() -> None:
    old = {**stack(Q=(QUEUE, {})), "Outputs": {"O": {"Value": {"Ref": "Q"}, "Export": {"Name": "orders-queue"}}}}
    new = stack(Q=(QUEUE, {}))
    assert rules_of(compare(old, new)) == {"export-removed"}
    deployed = Deployed(exports={"orders-queue": ("billing",)})
    change_set = compare(old, new, deployed=deployed)
    assert rules_of(change_set) == {"export-in-use"}
    assert change_set.severity == Severity.DANGER


def test_the_same_items_in_another_order_are_routine() -> None:
    change_set = change(ROLE, role(allow(["a:b", "a:c"])), role(allow(["a:c", "a:b"])))
    assert row(change_set, "X").routine == "same items in another order"
    assert headline(change_set) == "Only routine changes."
    outputs = (PropertyChange("/Outputs/Url/Value", "Outputs", "a", "b"),)
    assert headline(replace(change_set, outputs=outputs)) == "Only routine changes, and outputs change."


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (ROLE, role(allow("a:b"), allow("a:c")), role(allow("a:c"), allow("a:b"))),
        (ROLE, role(allow("a:b")), role(allow(["a:b"]))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": ["x", "y"]}})), role(allow("a:b", Condition={"StringEquals": {"k": ["y", "x"]}}))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": "x"}})), role(allow("a:b", Condition={"StringEquals": {"k": ["x"]}}))),
        (TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a"), index("b")]), table(GlobalSecondaryIndexes=[index("b"), index("a")])),
        ("AWS::Cognito::UserPoolClient", {"UserPoolId": "p", "CallbackURLs": ["a", "b"]}, {"UserPoolId": "p", "CallbackURLs": ["b", "a"]}),
        ("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [{"FromPort": 1}, {"FromPort": 2}]}, {"SecurityGroupIngress": [{"FromPort": 2}, {"FromPort": 1}]}),
    ],
)  # fmt: skip
def test_an_order_or_a_spelling_that_means_nothing_is_routine(kind: str, before: Any, after: Any) -> None:
    change_set = change(kind, before, after)
    assert row(change_set, "X").routine == "same items in another order"
    assert change_set.findings == ()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (ROLE, role(allow("a:b"), allow("a:c")), role(allow("a:c"), allow("a:d"))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": ["x"]}})), role(allow("a:b", Condition={"StringEquals": {"k": ["y"]}}))),
        (FUNCTION, {"Layers": ["a", "b"]}, {"Layers": ["b", "a"]}),
        ("AWS::ApiGatewayV2::VpcLink", {"SubnetIds": ["a", "b"]}, {"SubnetIds": ["b", "a"]}),  # made anew for it
        ("AWS::EC2::Instance", {"SecurityGroupIds": ["a", "b"]}, {"SecurityGroupIds": ["b", "a"]}),  # perhaps
        ("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Command": ["a", "b"]}]}, {"ContainerDefinitions": [{"Command": ["b", "a"]}]}),
    ],
)  # fmt: skip
def test_an_order_that_means_something_is_not(kind: str, before: Any, after: Any) -> None:
    assert row(change(kind, before, after), "X").routine == ""


MEMBER = "AWS::RDS::DBInstance"


@pytest.mark.parametrize(
    ("kind", "before", "after", "attributes", "said"),
    [
        (TABLE_TYPE, TABLE, None, {"DeletionPolicy": "Retain"}, "Removes the table X: the old data is kept."),
        (MEMBER, {"DBClusterIdentifier": "c"}, None, {}, "Removes the database X."),
        (MEMBER, {"DBClusterIdentifier": "c", "DBName": "1"}, {"DBClusterIdentifier": "c", "DBName": "2"}, {}, "Replaces the database X."),
        (MEMBER, {"DBClusterIdentifier": "c", "Engine": "a"}, {"DBClusterIdentifier": "c", "Engine": "b"}, {}, "May replace the database X."),
    ],
)  # fmt: skip
def test_what_loses_no_data_is_in_the_headline_all_the_same(
    kind: str, before: Any, after: Any, attributes: dict[str, Any], said: str
) -> None:
    sides = [
        stack(Q=(QUEUE, {}), **({} if one is None else {"X": {"Type": kind, "Properties": one, **attributes}}))
        for one in (before, after)
    ]
    assert headline(compare(*sides)) == f"{said} Nothing else changes."


@pytest.mark.parametrize(("policy", "effect"), [("Retain", "the old one would stay"), ("Snapshot", "a snapshot of it would be kept")])  # fmt: skip
def test_what_may_be_replaced_is_saved_by_its_policy_too(policy: str, effect: str) -> None:
    sides = [
        stack(X={"Type": MEMBER, "Properties": {"Engine": engine}, "UpdateReplacePolicy": policy})
        for engine in ("a", "b")
    ]
    (finding,) = compare(*sides).findings
    assert finding.sentence.startswith(f"The database X may be replaced; {effect}")
    assert finding.evidence == "Engine cannot always change in place"


def test_what_is_lost_is_one_or_several() -> None:
    sides = [stack(X=("AWS::EC2::Instance", {"ImageId": image})) for image in ("ami-1", "ami-2")]
    (finding,) = compare(*sides).findings
    assert finding.sentence == "The instance X is replaced: what is on its own disks is lost."


def test_the_evidence_of_a_nested_stack_names_what_changes_it_and_no_more() -> None:
    given = {"TemplateURL": "https://bucket/a.json", "Parameters": {"Queue": {"Ref": "Q"}}}
    sides = [
        stack(Q=(QUEUE, {"QueueName": name}), Inner=("AWS::CloudFormation::Stack", given)) for name in ("jobs", "work")
    ]
    (finding,) = [one for one in compare(*sides).findings if one.rule == "nested-stack"]
    assert finding.evidence == "Parameters/Queue"


def test_what_was_wrong_before_is_not_told_again() -> None:
    wrong = {"RedrivePolicy": {"Ref": "Nowhere"}}
    assert rules_of(change(QUEUE, wrong, {**wrong, "DelaySeconds": 1})) == set()


def test_what_makes_the_deployment_fail_stands_first_and_is_named() -> None:
    """A named table with a new key: its data would go, but nothing goes, because CloudFormation refuses."""
    change_set = change(TABLE_TYPE, {**TABLE, "TableName": "orders"}, {**OTHER_KEY, "TableName": "orders"})
    assert [finding.rule for finding in change_set.findings] == ["name-conflict", "data-replaced"]
    assert [finding.fails for finding in change_set.findings] == [True, False]
    assert headline(change_set).startswith(
        "Will most probably fail: the table X must be replaced, but keeps its TableName orders. Replaces the table X"
    )


def test_a_new_stack_that_will_fail_says_so_first() -> None:
    change_set = compare(None, stack(X=(BUCKET, {"BucketName": "Capital"})), stack_name="orders")
    assert headline(change_set).startswith("Will most probably fail: the bucket X cannot be named 'Capital'. Creates")


def test_a_template_without_resources_fails_and_keeps_its_rows() -> None:
    """A stack goes as a whole or not at all; what is asked about its removal is no such template."""
    running = stack(Orders=(TABLE_TYPE, TABLE))
    emptied, removed = compare(running, {"Resources": {}}), compare(running, None)
    assert headline(emptied).startswith("Will most probably fail: the template has no resource, and")
    assert [one.hint for one in emptied.findings if one.fails] == ["To remove everything, remove the stack instead."]
    assert {row(one, "Orders").action for one in (emptied, removed)} == {"Remove"}
    assert "nothing-left" not in rules_of(removed)
    assert headline(compare(None, {}, stack_name="shop")).endswith("at least one. Creates the stack shop.")


def test_a_word_that_only_sounds_like_failure_is_none() -> None:
    """A secret, a name or a reason may say `will fail`: the rule decides, not the sentence."""
    change_set = change(QUEUE, {"QueueName": "will fail"}, None)
    assert not any(finding.fails for finding in change_set.findings)
    assert "fail" not in headline(change_set)


def test_a_function_with_new_settings_only_is_no_danger() -> None:
    change_set = compare(stack(F=function()), stack(F=function(Environment={"Variables": {"MODE": "1"}})))
    assert change_set.severity == Severity.NOTICE
    assert headline(change_set, "production") == "1 function gets new settings: F. Nothing else changes."
