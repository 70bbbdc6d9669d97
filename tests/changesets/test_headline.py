"""The sentence at the top: what is lost stands in it, wherever it happens, and nothing that is kept is called lost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, stack

from seed.changesets import ChangeSet, Tree, compare, headline, inside
from seed.changesets.enrich import Counted, enriched, looked_into

QUEUE = "AWS::SQS::Queue"
AT = "2026-11-27T13:20:05+00:00"


def table(properties: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties, **more}


def nested(address: str, **beside: Any) -> dict[str, Any]:
    return stack(Child=("AWS::CloudFormation::Stack", {"TemplateURL": address}), **beside)


def tree(side: str, leaf: dict[str, Any], **beside: Any) -> Tree:
    """A stack in a stack in a stack."""
    return Tree(nested(f"a{side}"), {f"a{side}": Tree(nested(f"b{side}", **beside), {f"b{side}": Tree(leaf)})})


def deep(old: Tree, new: Tree) -> ChangeSet:
    return inside(compare(old.template, new.template), old, new)


def counted(changes: ChangeSet, **held: str) -> ChangeSet:
    return enriched(changes, {name: Counted(words, AT) for name, words in held.items()}, ())


def test_what_is_lost_two_stacks_deep_stands_at_the_top() -> None:
    old = tree("1", stack(Orders=table(TABLE)), Mails=("AWS::SNS::Topic", {"DisplayName": "a"}))
    new = tree("2", stack(Orders=table(OTHER_KEY)), Mails=("AWS::SNS::Topic", {"DisplayName": "b"}))

    changes = deep(old, new)

    lost = "Inside Child / Child in production: replaces the table Orders: its items are lost. "
    assert headline(changes, "production") == f"{lost}Inside Child: changes the topic Mails. Nothing else changes."
    assert changes.findings[0].sentence.startswith("Inside the nested stack Child / Child: The table Orders is repl")


def test_of_what_happens_inside_more_than_the_first_thing_is_told() -> None:
    def side(name: str, wait: int, key: dict[str, Any]) -> Tree:
        leaf = stack(Orders=table(key), Q=(QUEUE, {"DelaySeconds": wait}))
        return Tree(nested(name), {name: Tree(leaf)})

    said = headline(deep(side("1", 1, TABLE), side("2", 2, OTHER_KEY)))

    lost = "Inside Child: replaces the table Orders: its items are lost; changes the queue Q."
    assert said == f"{lost} Nothing else changes."


def test_of_many_nested_stacks_the_dangerous_one_is_named_and_the_others_are_counted() -> None:
    def side(mark: str, key: dict[str, Any]) -> Tree:
        names = [f"Part{n}" for n in range(8)]
        children = {
            f"{name}{mark}": Tree(
                stack(Orders=table(key)) if name == "Part6" else stack(M=("AWS::SNS::Topic", {"DisplayName": mark}))
            )
            for name in names
        }
        parts = {name: ("AWS::CloudFormation::Stack", {"TemplateURL": f"{name}{mark}"}) for name in names}
        return Tree(stack(**parts), children)

    said = headline(deep(side("a", TABLE), side("b", OTHER_KEY)))

    assert said.startswith("Inside Part6: replaces the table Orders: its items are lost. ")
    assert "Inside Part2: changes the topic M." in said
    assert said.endswith("4 more nested stacks change. Nothing else changes.")


def test_the_count_of_what_is_lost_inside_has_its_time() -> None:
    one = counted(compare(stack(Orders=table(TABLE)), stack(Orders=table(OTHER_KEY))), Orders="12 items")
    said = headline(looked_into(compare(nested("1"), nested("2")), {"Child": one}))

    assert "its 12 items are lost" in said
    assert said.endswith("Counted 2026-11-27 13:20 UTC.")


def test_what_is_kept_is_not_called_lost_beside_what_goes() -> None:
    old = stack(Kept=table(TABLE, DeletionPolicy="Retain"), Gone=table(TABLE), Q=(QUEUE, {}))
    changes = counted(compare(old, stack(Q=(QUEUE, {}))), Kept="1,204 items", Gone="nothing")

    said = headline(changes, "production")

    assert said.startswith(
        "Removes the table Gone in production: it is empty. Removes the table Kept: the old data is kept."
    )
    assert "lost" not in said


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        ({"A": "5 items", "B": "5 items"}, "their 5 items each are lost"),
        ({"A": "5 items", "B": "7 items"}, "their 5 items and 7 items are lost"),
        ({"A": "1 item", "B": "nothing"}, "their 1 item is lost"),
        ({"A": "5 items"}, "their data is lost, among it 5 items"),
        ({"A": "nothing", "B": "nothing"}, "they are empty"),
        ({"A": "nothing"}, "their data is lost"),
    ],
)
def test_counts_of_several_are_told_as_they_are(held: dict[str, str], lost: str) -> None:
    old, new = stack(A=table(TABLE), B=table(TABLE)), stack(A=table(OTHER_KEY), B=table(OTHER_KEY))

    said = headline(counted(compare(old, new), **held))

    assert said.startswith(f"Replaces the table A and the table B: {lost}. ")


def test_a_bucket_that_is_not_empty_stays_so_what_is_in_it_only_would_be_lost() -> None:
    bucket, other = ("AWS::S3::Bucket", {"BucketName": "files-a"}), ("AWS::S3::Bucket", {"BucketName": "files-b"})
    changes = compare(stack(Files=bucket), stack(Files=other))

    assert headline(changes).startswith("Replaces the bucket Files: its objects would be lost.")
    assert "its 3 objects would be lost" in headline(counted(changes, Files="3 objects"))
    assert "it is empty" in headline(counted(changes, Files="nothing"))


def test_of_what_is_empty_nothing_is_said_to_be_lost() -> None:
    changes = counted(compare(stack(A=table(TABLE)), stack(A=table(OTHER_KEY))), A="nothing")

    assert changes.findings[0].sentence == (
        "The table A is replaced: its items would be lost. It held nothing when that was last counted."
    )


def test_of_thousands_the_number_can_be_read() -> None:
    old, new = (
        {f"Q{n}": {"Type": QUEUE, "Properties": {"QueueName": f"{name}{n}"}} for n in range(1_500)} for name in "ab"
    )

    said = headline(compare({"Resources": old}, {"Resources": new}))

    assert "Replaces the queue Q0, the queue Q1 and 1,498 more: their data is lost." in said


URL, BOUND = "AWS::Lambda::Url", "AWS::IAM::Policy"


def url(auth: str) -> tuple[str, dict[str, Any]]:
    return URL, {"AuthType": auth, "TargetFunctionArn": "f"}


def policy(action: str, resource: str = "*") -> tuple[str, dict[str, Any]]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return BOUND, {"PolicyName": "p", "Roles": ["r"], "PolicyDocument": {"Statement": [statement]}}


def test_what_is_opened_to_everybody_stands_at_the_top_after_what_is_lost() -> None:
    old, new = stack(Call=url("AWS_IAM"), Orders=table(TABLE)), stack(Call=url("NONE"), Orders=table(OTHER_KEY))

    alone = headline(compare(stack(Call=url("AWS_IAM")), stack(Call=url("NONE"))), "production")
    assert alone == (
        "The function URL Call can be called by everybody on the internet in production. Nothing else changes."
    )
    assert headline(compare(old, new), "production") == (
        "Replaces the table Orders in production: its items are lost. "
        "The function URL Call can be called by everybody on the internet. Nothing else changes."
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "Opens the function URL Call0 and the function URL Call1 in prod to the world. Nothing else changes."),
        (5, "Opens 5 resources in prod to the world. Changes 5 function URLs. Nothing else changes."),
    ],
)
def test_a_few_that_are_opened_are_named_and_many_are_counted(number: int, said: str) -> None:
    old, new = (stack(**{f"Call{n}": url(auth) for n in range(number)}) for auth in ("AWS_IAM", "NONE"))

    assert headline(compare(old, new), "prod") == said


def test_who_may_do_everything_is_told_and_who_may_do_a_little_more_is_not() -> None:
    old = stack(All=policy("s3:GetObject", "a"), More=policy("s3:GetObject", "a"))
    new = stack(All=policy("*"), More=policy("s3:PutObject", "a"))

    said = headline(compare(old, new))
    assert said == "The policy All gives every right on everything. Changes the policy More. Nothing else changes."


def test_what_a_new_stack_opens_and_what_is_opened_inside_of_one_is_told() -> None:
    changes = compare(None, stack(Call=url("NONE")))
    assert headline(changes, "prod").startswith("The function URL Call can be called by everybody")
    assert "Creates the stack in prod: the function URL Call." in headline(changes, "prod")

    old, new = (Tree(nested(auth), {auth: Tree(stack(Call=url(auth)))}) for auth in ("AWS_IAM", "NONE"))
    assert headline(deep(old, new)).startswith("Inside Child: the function URL Call can be called by everybody")
