"""Tags of the stack: whom CloudFormation hands them on to, and what that changes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import TABLE, function, names, row, stack

from seed.changesets import ChangeSet, Tree, as_aws, compare, headline, inside
from seed.changesets.rules import tag_property

TOPIC = "AWS::SNS::Topic"


def tagged(
    before: dict[str, str], after: dict[str, str], *, secrets: tuple[str, ...] = (), **resources: Any
) -> ChangeSet:
    template = stack(**resources)
    return compare(template, template, before_tags=before, after_tags=after, secrets=secrets)


def test_who_takes_tags_gets_them_and_nothing_else_changes() -> None:
    change_set = tagged(
        {"team": "a"}, {"team": "b", "cost": "1"},
        F=function(), T=("AWS::DynamoDB::Table", TABLE), Sub=("AWS::SNS::Subscription", {"Protocol": "sqs"}),
        Custom=("Custom::Thing", {"ServiceToken": "arn"}), New=("Acme::Cloud::Thing", {}),
    )  # fmt: skip
    assert names(change_set) == {"F", "T"}
    (change,) = row(change_set, "T").properties
    assert change.path == "/Properties/Tags"
    assert (change.before, change.after) == ({"team": "a"}, {"cost": "1", "team": "b"})
    assert (row(change_set, "T").scope, row(change_set, "T").routine) == (("Tags",), "tags only")
    assert [(one.path, one.before, one.after) for one in change_set.tags] == [
        ("/Tags/cost", None, "1"),
        ("/Tags/team", "a", "b"),
    ]


def test_cloudformation_tells_them_as_a_modification_of_the_tags() -> None:
    answer = as_aws(tagged({}, {"team": "b"}, T=(TOPIC, {})), property_values=False)
    assert answer["Changes"] == [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": "Modify",
                "LogicalResourceId": "T",
                "ResourceType": TOPIC,
                "Replacement": "False",
                "Scope": ["Tags"],
                "Details": [
                    {
                        "Target": {"Attribute": "Tags", "RequiresRecreation": "Never"},
                        "Evaluation": "Static",
                        "ChangeSource": "DirectModification",
                    }
                ],
            },
        }
    ]


def test_a_tag_that_a_resource_has_itself_stays_what_it_says() -> None:
    own = {"Tags": [{"Key": "team", "Value": "mine"}]}
    assert names(tagged({"team": "a"}, {"team": "b"}, T=(TOPIC, own), U=(TOPIC, {}))) == {"U"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::Cognito::UserPool", "UserPoolTags"),
        ("AWS::Route53::HostedZone", "HostedZoneTags"),
        ("AWS::SSM::Parameter", "Tags"),
        ("AWS::CloudFormation::Stack", "Tags"),
    ],
)
def test_they_go_where_the_type_takes_tags(kind: str, name: str) -> None:
    (change,) = row(tagged({}, {"team": "b"}, X=(kind, {})), "X").properties
    assert (change.path, change.attribute, change.after) == (f"/Properties/{name}", "Tags", {"team": "b"})


@pytest.mark.parametrize("kind", ["AWS::SNS::Subscription", "Custom::Thing", "Acme::Cloud::Thing"])
def test_a_type_without_tags_takes_none(kind: str) -> None:
    assert tag_property(kind) == ""


def test_the_same_tags_and_a_new_stack_list_nothing() -> None:
    template = stack(T=(TOPIC, {}))
    assert tagged({"team": "a"}, {"team": "a"}, T=(TOPIC, {})).empty
    new = compare(None, template, after_tags={"team": "a"})
    assert (row(new, "T").action, row(new, "T").properties, new.tags) == ("Add", (), ())


def test_a_secret_in_a_tag_is_withheld() -> None:
    change_set = tagged({}, {"key": "hunter2-hunter2"}, secrets=("hunter2-hunter2",), T=(TOPIC, {}))
    (tag,), (handed,) = change_set.tags, row(change_set, "T").properties
    assert tag.secret
    assert handed.after == {"key": "****"}
    assert "hunter2" not in str(change_set)


def nested(before: dict[str, str], after: dict[str, str]) -> ChangeSet:
    """A stack within one within one; the middle one says of `cost` itself what it is."""
    leaf = stack(T=(TOPIC, {}))
    middle = stack(
        Leaf=("AWS::CloudFormation::Stack", {"TemplateURL": "leaf"}),
        T=(TOPIC, {}),
    )
    own = {"TemplateURL": "middle", "Tags": [{"Key": "cost", "Value": "own"}]}
    tree = Tree(stack(Middle=("AWS::CloudFormation::Stack", own)), {"middle": Tree(middle, {"leaf": Tree(leaf)})})
    changes = compare(tree.template, tree.template, before_tags=before, after_tags=after)
    return inside(changes, tree, tree, tags=(before, after))


def test_a_nested_stack_hands_on_what_it_was_handed() -> None:
    """The template reference, AWS::CloudFormation::Stack, Tags: they are propagated to what is created in it."""
    middle = row(nested({"team": "a"}, {"team": "b"}), "Middle").nested
    assert middle is not None
    leaf = row(middle, "Leaf").nested
    assert leaf is not None
    for found in (row(middle, "T"), row(leaf, "T")):
        assert [(one.path, one.before, one.after) for one in found.properties] == [
            ("/Properties/Tags", {"team": "a"}, {"team": "b"})
        ]
        assert found.routine == "tags only"


def test_a_tag_that_a_nested_stack_sets_itself_counts_inside_of_it() -> None:
    assert nested({"cost": "1"}, {"cost": "2"}).resources == ()
    assert nested({"team": "a"}, {"team": "a"}).empty


def test_other_tags_stay_all_there_is_beside_what_only_follows_and_stays() -> None:
    role: dict[str, Any] = {"AssumeRolePolicyDocument": {"Statement": []}}
    reading = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "x"}}
    change_set = tagged({}, {"cost": "web"}, Role=("AWS::IAM::Role", role), F=("AWS::Lambda::Function", reading))

    assert row(change_set, "F").scope == ("Properties", "Tags")
    assert {one.logical_id: one.routine for one in change_set.resources} == {"Role": "tags only", "F": "tags only"}
    assert headline(change_set) == "Only routine changes."
