"""A condition that nobody can decide, because a value is not known on either side, and what it asks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import TABLE, names, row, rules_of, stack

from seed.changesets import ChangeSet, Finding, Severity, Template, as_aws, as_text, compare, headline

TOPIC, QUEUE, TABLE_TYPE = "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::DynamoDB::Table"
ASKS, ASKS_OTHER = ({"Fn::Equals": [{"Ref": "Size"}, size]} for size in ("large", "small"))
IF: dict[str, Any] = {"Fn::If": ["Large", "a", "b"]}


def template(large: Any, *, conditions: dict[str, Any] | None = None, **resources: Any) -> Template:
    """`Size` has no value that anybody knows."""
    made = stack(**resources)
    made["Parameters"] = {"Size": {"Type": "String"}, "Stage": {"Type": "String", "Default": "dev"}}
    made["Conditions"] = {**(conditions or {}), **({} if large is None else {"Large": large})}
    return made


def named(asks: Any, **conditions: Any) -> Template:
    return template(asks, conditions=conditions, T=(TOPIC, {"TopicName": IF, "DisplayName": "x"}))


def test_a_value_that_hangs_on_it_may_be_another() -> None:
    change_set = compare(named(ASKS), named(ASKS_OTHER))
    (change,) = row(change_set, "T").properties
    assert (change.path, change.evaluation, change.change_source) == (
        "/Properties/TopicName",
        "Dynamic",
        "DirectModification",
    )
    assert (change.before, change.after) == ({"Fn::If": [ASKS, "a", "b"]}, {"Fn::If": [ASKS_OTHER, "a", "b"]})
    assert row(change_set, "T").replacement == "Conditional"
    assert "If([Equals([${Size}, large]), a, b]) → If([Equals([${Size}, small]), a, b])" in as_text(change_set)


def test_another_answer_is_certain() -> None:
    new = named(ASKS)
    new["Resources"]["T"]["Properties"]["TopicName"] = {"Fn::If": ["Large", "a", "c"]}
    (change,) = row(compare(named(ASKS), new), "T").properties
    assert (change.evaluation, change.before) == ("Static", IF)


def test_one_inside_a_text_and_one_that_others_are_made_of_are_seen() -> None:
    text = {"Fn::Sub": ["${a}!", {"a": {"Fn::If": ["Both", "a", "b"]}}]}
    both = {"Fn::And": [{"Condition": "Large"}, {"Fn::Not": [{"Condition": "Large"}]}, {"Condition": "Other"}]}
    sides = [
        template(asks, conditions={"Both": both, "Other": ASKS}, T=(TOPIC, {"DisplayName": text}))
        for asks in (ASKS, ASKS_OTHER)
    ]
    (change,) = row(compare(*sides), "T").properties
    assert (change.path, change.evaluation) == ("/Properties/DisplayName", "Dynamic")
    assert change.before != change.after


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (ASKS, {"Fn::Equals": [{"Ref": "Size"}, {"Fn::Sub": "large"}]}),
        (
            {"Fn::Or": [ASKS, {"Fn::Equals": ["1", "2"]}]},
            {"Fn::Or": [ASKS, {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}]},
        ),
        ({"Fn::Equals": [{"Ref": "Size"}, 1]}, {"Fn::Equals": [{"Ref": "Size"}, "1"]}),
        ({"Fn::And": [ASKS, {"Fn::Not": [ASKS_OTHER]}]}, {"Fn::And": [{"Fn::Not": [ASKS_OTHER]}, ASKS]}),
    ],
)
def test_the_same_question_in_other_words_is_no_change(was: Any, now: Any) -> None:
    assert compare(named(was), named(now)).empty


def test_one_that_nothing_uses_changes_nothing() -> None:
    assert compare(named(ASKS, Other=ASKS), named(ASKS, Other=ASKS_OTHER)).empty


def test_where_the_value_is_known_only_the_answer_counts() -> None:
    assert compare(named(ASKS), named(ASKS_OTHER), before={"Size": "medium"}, after={"Size": "medium"}).empty


def kept(asks: Any, condition: str | None = "Large", **more: Any) -> Template:
    table = {"Type": TABLE_TYPE, "Properties": TABLE, **({"Condition": condition} if condition else {}), **more}
    return template(asks, T=table, Q=(QUEUE, {}))


def removed(change_set: ChangeSet) -> Finding:
    (found,) = (finding for finding in change_set.findings if finding.rule == "data-removed")
    return found


def test_a_resource_that_hangs_on_it_may_come_or_go() -> None:
    change_set = compare(kept(ASKS), kept(ASKS_OTHER))
    table = row(change_set, "T")
    assert names(change_set) == {"T"}
    assert (table.action, table.scope, table.may_go) == ("Dynamic", ("Condition",), True)
    finding = removed(change_set)
    assert finding.severity == Severity.WARNING
    assert finding.sentence == "The table T may be removed: its items would be lost."
    assert headline(change_set) == "May remove the table T: data may be lost. Nothing else changes."
    (told,) = as_aws(change_set)["Changes"]
    told = told["ResourceChange"]
    assert (told["Action"], told["Scope"], told["Details"]) == ("Dynamic", [], [])


def test_what_it_would_lose_is_told_beside_its_other_changes() -> None:
    new = kept(ASKS_OTHER)
    new["Resources"]["T"]["Properties"] = {**TABLE, "BillingMode": "PROVISIONED"}
    change_set = compare(kept(ASKS), new)
    assert (row(change_set, "T").action, "data-removed" in rules_of(change_set)) == ("Modify", True)
    (told,) = as_aws(change_set)["Changes"]
    assert told["ResourceChange"]["Scope"] == ["Properties"]


def test_what_its_policy_keeps_is_not_lost() -> None:
    change_set = compare(kept(ASKS, DeletionPolicy="Retain"), kept(ASKS_OTHER, DeletionPolicy="Retain"))
    assert removed(change_set).severity == Severity.NOTICE


@pytest.mark.parametrize(
    ("old", "new", "goes"),
    [
        (kept(ASKS, None), kept(ASKS), True),
        (kept({"Fn::Equals": ["1", "1"]}), kept(ASKS), True),
        (kept(ASKS), kept(ASKS, None), False),
        (kept(ASKS), kept({"Fn::Equals": ["1", "1"]}), False),
    ],
)
def test_what_is_certain_on_one_side_only_is_told(old: Template, new: Template, *, goes: bool) -> None:
    table = row(compare(old, new), "T")
    assert (table.action, table.may_go) == ("Dynamic", goes)


def test_a_value_that_becomes_known_is_no_other_question() -> None:
    assert compare(kept(ASKS), kept(ASKS), after={"Size": "large"}).resources == ()


def test_an_output_that_hangs_on_it_may_come_or_go() -> None:
    def out(asks: Any) -> Template:
        return {**template(asks, Q=(QUEUE, {})), "Outputs": {"Out": {"Condition": "Large", "Value": "x"}}}

    (change,) = compare(out(ASKS), out(ASKS_OTHER)).outputs
    assert (change.path, change.evaluation) == ("/Outputs/Out/Condition", "Dynamic")


def test_thousands_that_are_made_of_each_other_are_looked_into_once() -> None:
    def doubled(asks: Any) -> Template:
        made: dict[str, Any] = {"C0": asks}
        for at in range(1, 60):
            made[f"C{at}"] = {"Fn::And": [{"Condition": f"C{at - 1}"}, {"Condition": f"C{at - 1}"}]}
        return template(None, conditions=made, T=(TOPIC, {"TopicName": {"Fn::If": ["C59", "a", "b"]}}))

    assert row(compare(doubled(ASKS), doubled(ASKS_OTHER)), "T").replacement == "Conditional"
    assert compare(doubled(ASKS), doubled(ASKS)).empty
