"""AWS's answer and ours in one: who is believed where, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.changesets.aws_says import change, detail
from tests.changesets.templates import OTHER_KEY, TABLE, names, orders, recorded, row, rules_of, stack
from tests.changesets.transitions import TRANSITIONS, Transition

from seed.changesets import ChangeSet, Severity, as_aws, as_text, compare, merge


def test_on_the_local_aws_only_our_rows_show() -> None:
    ours = compare(orders("v1"), orders("v2"))
    merged = merge(ours, recorded("orders-api-v1-to-v2.ministack"), [], prefer="seed")
    assert names(merged) == names(ours)
    assert row(merged, "OrdersTable").replacement == "True"
    assert row(merged, "OrdersTable").source == "both"
    assert row(merged, "OrdersTable").physical_id
    assert "sources-disagree" not in rules_of(merged)


def test_on_the_local_aws_a_removal_that_only_it_knows_is_kept() -> None:
    merged = merge(
        compare(stack(), stack()), [change("Gone", "Remove"), change("Noise"), change("Off", "Add")], [], prefer="seed"
    )
    assert names(merged) == {"Gone"}
    assert rules_of(merged) == {"sources-disagree", "data-removed"}


def test_on_a_real_account_aws_wins_and_a_difference_is_a_finding() -> None:
    sides = [stack(Q=("AWS::SQS::Queue", {"DelaySeconds": n})) for n in (1, 2)]
    plain = [change("Q", Replacement="True", PolicyAction="ReplaceAndDelete", Details=[detail("DelaySeconds")])]
    merged = merge(compare(*sides), plain, [], prefer="aws")
    assert row(merged, "Q").replacement == "True"
    assert (row(merged, "Q").properties[0].before, row(merged, "Q").properties[0].after) == (1, 2)
    assert rules_of(merged) == {"sources-disagree", "data-replaced"}


def test_what_aws_makes_anew_for_another_spelling_is_not_routine() -> None:
    def named(name: Any) -> dict[str, Any]:
        return stack(Topic=("AWS::SNS::Topic", {"TopicName": "orders"}), Q=("AWS::SQS::Queue", {"QueueName": name}))

    ours = compare(named("orders"), named({"Fn::GetAtt": ["Topic", "TopicName"]}))
    assert row(ours, "Q").routine == "the same value, written another way"

    for replacement, rules in (("True", {"data-replaced"}), ("False", {"sources-disagree"})):
        plain = [change("Q", Replacement=replacement, Details=[detail("QueueName")])]
        merged = merge(ours, plain, [], prefer="aws")
        assert bool(row(merged, "Q").routine) == (replacement == "False")
        assert rules <= rules_of(merged)


def test_a_table_that_only_aws_replaces_is_a_danger() -> None:
    sides = [stack(T=("AWS::DynamoDB::Table", {**TABLE, "TableClass": kind})) for kind in ("STANDARD", "OTHER")]
    assert compare(*sides).severity == Severity.NOTICE
    table = {"ResourceType": "AWS::DynamoDB::Table", "Replacement": "True", "PolicyAction": "ReplaceAndDelete"}
    merged = merge(compare(*sides), [change("T", **table)], [], prefer="aws")
    assert merged.severity == Severity.DANGER
    assert row(merged, "T").severity == Severity.DANGER


@pytest.mark.parametrize(("key", "said"), [("KeySchema", "is most probably replaced"), ("BillingMode", "may be replaced")])  # fmt: skip
def test_what_aws_calls_conditional_and_never_happens_in_place_is_a_danger_still(key: str, said: str) -> None:
    sides = (stack(T=("AWS::DynamoDB::Table", one)) for one in (TABLE, {**OTHER_KEY, "BillingMode": "PROVISIONED"}))
    told = detail(key, RequiresRecreation="Conditionally")
    plain = [change("T", ResourceType="AWS::DynamoDB::Table", Replacement="Conditional", Details=[told])]
    ours = compare(*sides)
    bare = replace(ours, resources=tuple(replace(one, properties=()) for one in ours.resources))

    merged = merge(bare, plain, [], prefer="aws")
    (found,) = [one for one in merged.findings if one.rule == "data-replaced"]

    assert found.sentence == f"The table T {said}: its items would be lost."
    assert found.severity == (Severity.DANGER if key == "KeySchema" else Severity.WARNING)


@pytest.mark.parametrize(("said", "differs"), [("True", False), ("Conditional", False), ("False", True)])
def test_what_aws_leaves_to_a_handler_is_no_disagreement(said: str, *, differs: bool) -> None:
    ours = compare(*(stack(T=("AWS::DynamoDB::Table", one)) for one in (TABLE, OTHER_KEY)))
    plain = [change("T", ResourceType="AWS::DynamoDB::Table", Replacement=said)]
    assert ("sources-disagree" in rules_of(merge(ours, plain, [], prefer="aws"))) == differs


def test_a_table_that_aws_only_updates_is_none() -> None:
    sides = [stack(T=("AWS::DynamoDB::Table", table)) for table in (TABLE, OTHER_KEY)]
    plain = [change("T", ResourceType="AWS::DynamoDB::Table", Replacement="False")]
    merged = merge(compare(*sides), plain, [], prefer="aws")
    assert rules_of(merged) == {"sources-disagree"}


def test_a_name_in_the_way_is_judged_by_what_aws_says_of_the_replacement() -> None:
    named = {**TABLE, "TableName": "orders"}
    replaced = [stack(T=("AWS::DynamoDB::Table", {**table, "TableName": "orders"})) for table in (TABLE, OTHER_KEY)]
    updated = [stack(T=("AWS::DynamoDB::Table", {**named, "TableClass": kind})) for kind in ("STANDARD", "OTHER")]
    table = {"ResourceType": "AWS::DynamoDB::Table", "PolicyAction": "ReplaceAndDelete"}
    assert "name-conflict" in rules_of(compare(*replaced))
    assert "name-conflict" not in rules_of(compare(*updated))

    assert "name-conflict" not in rules_of(merge(compare(*replaced), [change("T", **table)], [], prefer="aws"))
    certain = merge(compare(*updated), [change("T", Replacement="True", **table)], [], prefer="aws")
    assert "name-conflict" in rules_of(certain)


def test_indexes_that_come_at_once_fail_only_a_table_that_is_not_replaced() -> None:
    index = [{"IndexName": name, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]} for name in "ab"]
    sides = [stack(T=("AWS::DynamoDB::Table", TABLE | more)) for more in ({}, {"GlobalSecondaryIndexes": index})]
    ours = compare(*sides)
    assert "table-indexes" in rules_of(ours)

    for replacement, expected in (("True", False), ("False", True)):
        plain = [change("T", ResourceType="AWS::DynamoDB::Table", Replacement=replacement)]
        assert ("table-indexes" in rules_of(merge(ours, plain, [], prefer="aws"))) is expected


def test_rows_that_only_one_view_of_aws_has_are_kept() -> None:
    sides = [stack(Q=("AWS::SQS::Queue", {"DelaySeconds": n})) for n in (1, 2)]
    plain = [change("Q", Replacement="False"), change("Other", Replacement="False")]
    valued = [change("Q", Replacement="False", Details=[detail("DelaySeconds", "1", "2")])]
    merged = merge(compare(*sides), plain, valued, prefer="aws")
    assert names(merged) == {"Q", "Other"}
    assert row(merged, "Other").source == "aws"


def test_a_row_that_only_we_have_is_kept_and_named() -> None:
    sides = [stack(Q=("AWS::SQS::Queue", {"DelaySeconds": n})) for n in (1, 2)]
    merged = merge(compare(*sides), [], [], prefer="aws")
    assert row(merged, "Q").source == "seed"
    assert rules_of(merged) == {"sources-disagree"}


def test_our_own_answer_in_aws_shape_agrees_with_ours() -> None:
    ours = compare(orders("v1"), orders("v2"))
    merged = merge(ours, as_aws(ours, property_values=False)["Changes"], as_aws(ours)["Changes"], prefer="aws")
    assert names(merged) == names(ours)
    assert not rules_of(merged) - rules_of(ours)
    assert {r.logical_id: r.replacement for r in merged.resources} == {
        r.logical_id: r.replacement for r in ours.resources
    }


@pytest.mark.parametrize("one", TRANSITIONS, ids=lambda one: one.name)
def test_our_own_answer_in_aws_shape_tells_the_same_of_every_type(one: Transition) -> None:
    ours = compare({"Resources": one.old}, {"Resources": one.new})
    views = (as_aws(ours, property_values=values)["Changes"] for values in (False, True))

    merged = merge(ours, *views, prefer="aws")

    assert "sources-disagree" not in rules_of(merged)
    assert _told(merged) == _told(ours)


def _told(change_set: ChangeSet) -> dict[str, list[tuple[str, Any, Any]]]:
    return {
        row.logical_id: sorted(((one.path, one.before, one.after) for one in row.properties), key=repr)
        for row in change_set.resources
        if not row.inferred
    }


def test_a_table_of_a_new_stack_is_not_lost() -> None:
    ours = compare(None, stack(T=("AWS::DynamoDB::Table", TABLE)))
    assert rules_of(merge(ours, [change("T", "Add")], [], prefer="aws")) == set()


def test_a_guess_about_what_aws_would_list_is_dropped_when_aws_does_not() -> None:
    def both(delay: int) -> dict[str, Any]:
        reader = {"Type": "String", "Value": {"Fn::GetAtt": ["Q", "Arn"]}}
        return stack(Q=("AWS::SQS::Queue", {"DelaySeconds": delay}), P=("AWS::SSM::Parameter", reader))

    ours = compare(both(1), both(2))
    assert names(ours) == {"Q", "P"}
    merged = merge(ours, [change("Q", Replacement="False", Details=[detail("DelaySeconds")])], [], prefer="aws")
    assert names(merged) == {"Q"}
    assert merged.findings == ()


def test_what_only_aws_changes_of_a_row_is_read_and_told() -> None:
    """Our comparison sees tags alone: that must not fold away what CloudFormation does beside them."""
    tagged = [stack(Q=("AWS::SQS::Queue", {"Tags": [{"Key": "a", "Value": text}]})) for text in "xy"]
    tags = {"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static"}
    quiet = merge(compare(*tagged), [change("Q", Details=[tags])], [], prefer="aws")
    assert row(quiet, "Q").routine == "tags only"
    assert rules_of(quiet) == set()

    merged = merge(compare(*tagged), [change("Q", Details=[tags, detail("DelaySeconds")])], [], prefer="aws")
    assert not row(merged, "Q").routine
    (found,) = merged.findings
    assert found.sentence == "CloudFormation changes DelaySeconds of Q too: the templates do not show why."
    assert "DelaySeconds" in as_text(merged)


def test_what_is_imported_is_not_called_changed() -> None:
    merged = merge(compare(stack(), stack(Q=("AWS::SQS::Queue", {}))), [change("Q", "Import")], [], prefer="aws")
    assert "Imports the queue Q." in as_text(merged)
    assert "> queue Q: taken into the stack as it is" in as_text(merged)


@pytest.mark.parametrize("prefer", ["aws", "seed"])
def test_every_finding_of_the_templates_is_there_after_the_merge(prefer: Any) -> None:
    """Where CloudFormation agrees: none is lost on the way, and none is told twice."""

    def side(*names: str, view: str) -> dict[str, Any]:
        shown = {"Aliases": list(names), "DefaultCacheBehavior": {"ViewerProtocolPolicy": view}}
        table = OTHER_KEY if len(names) == 1 else TABLE
        return stack(
            CDN=("AWS::CloudFront::Distribution", {"DistributionConfig": shown}),
            Orders=("AWS::DynamoDB::Table", {**table, "TableName": "orders"}),
            **{f"Reads{len(names)}": ("AWS::Lambda::EventSourceMapping", {"FunctionName": "f", "EventSourceArn": "a"})},
        )

    ours = compare(side("a", "b", view="https-only"), side("a", view="allow-all"))
    told = as_aws(ours)["Changes"]
    merged = merge(ours, told, [], prefer=prefer)
    assert {"address-removed", "protection-off", "already-there", "name-conflict", "data-replaced"} <= rules_of(ours)
    assert sorted((one.rule, one.logical_id) for one in merged.findings) == sorted(
        (one.rule, one.logical_id) for one in ours.findings
    )
