"""What is inside a row: who may do what, why it happens, where it is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.support.change_sets import CODE

from seed.changesets import ChangeSet, ResourceChange, compare
from seed.changesets.access_table import access_table
from seed.changesets.enrich import looked_into
from seed.console.aws_links import Place
from seed.console.chains import chain_of
from seed.console.review import AT_ONCE, chips, findings, later, service_view
from seed.console.templates import ENVIRONMENT


def stack(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"Resources": {name: {"Type": kind, "Properties": values} for name, (kind, values) in resources.items()}}


def rows(old: dict[str, Any], new: dict[str, Any]) -> dict[str, ResourceChange]:
    return {row.logical_id: row for row in compare(old, new).resources}


def policy(*statements: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "AWS::IAM::ManagedPolicy", {"PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}


READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::a"}


def test_a_policy_is_a_table_of_who_may_do_what_on_what() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": ["1", "2"]}}
    write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a", "Condition": condition}
    found = access_table(rows(stack(P=policy(READ)), stack(P=policy({**READ, "Action": "s3:GetObject"}, write)))["P"])

    gone, come = found
    assert (gone.mark, gone.actions, gone.on, gone.wider) == ("-", ("s3:ListBucket",), "arn:aws:s3:::a", False)
    assert (come.mark, come.actions, come.wider, come.verb) == ("+", ("s3:PutObject",), True, "may")
    assert come.condition == "StringEquals aws:SourceAccount: 1, 2"


def test_what_stays_is_not_in_the_table_and_a_lost_denial_is_wider() -> None:
    deny = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
    found = access_table(rows(stack(P=policy(READ, deny)), stack(P=policy(READ)))["P"])

    [lost] = found
    assert (lost.mark, lost.verb, lost.wider) == ("-", "must not", True)


def test_other_resources_have_no_such_table() -> None:
    queue = ("AWS::SQS::Queue", {"VisibilityTimeout": 1})
    assert access_table(rows(stack(), stack(Q=queue))["Q"]) == ()


@pytest.mark.parametrize(
    ("more", "brief"), [({}, "code, 2 files"), ({"Timeout": 9, "MemorySize": 9}, "code (2 files), Timeout and MemorySize")]
)  # fmt: skip
def test_a_closed_row_tells_how_many_files_of_its_code_change(more: dict[str, int], brief: str) -> None:
    sides = ({"Code": {"S3Bucket": "b", "S3Key": key}, **rest} for key, rest in (("1", {}), ("2", more)))
    old, new = (stack(F=("AWS::Lambda::Function", side)) for side in sides)
    [row] = compare(old, new).resources
    [shown] = service_view("app", ChangeSet("app", new_stack=False, resources=(replace(row, code=CODE),)), "s").every
    assert shown.brief == brief


KEYS = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"}}  # fmt: skip
OTHER = {**KEYS, "AttributeDefinitions": [{"AttributeName": "sku", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "sku", "KeyType": "HASH"}]}  # fmt: skip


def streaming(keys: dict[str, Any]) -> dict[str, Any]:
    mapping = {
        "EventSourceArn": {"Fn::GetAtt": ["Orders", "StreamArn"]},
        "FunctionName": "f",
        "StartingPosition": "LATEST",
    }
    return stack(Orders=("AWS::DynamoDB::Table", keys), Feed=("AWS::Lambda::EventSourceMapping", mapping))


def test_a_replacement_is_traced_to_what_somebody_wrote() -> None:
    found = rows(streaming(KEYS), streaming(OTHER))

    words = [link.words for link in chain_of(found["Feed"], found)]
    assert words == [
        "KeySchema of Orders changes in the template",
        "table Orders is replaced",
        "EventSourceArn of Feed follows StreamArn",
        "event source Feed is replaced",
    ]
    assert [link.logical_id for link in chain_of(found["Feed"], found)][:2] == ["Orders", "Orders"]


def test_what_most_probably_does_not_happen_is_not_drawn_as_if_it_did() -> None:
    found = {"Q": ResourceChange("Q", "AWS::SQS::Queue", "Modify", "Conditional", inferred=True)}

    assert chain_of(found["Q"], found) == ()


def test_what_is_only_changed_needs_no_chain() -> None:
    queue = ("AWS::SQS::Queue", {"VisibilityTimeout": 1}), ("AWS::SQS::Queue", {"VisibilityTimeout": 2})
    found = rows(stack(Q=queue[0]), stack(Q=queue[1]))
    assert chain_of(found["Q"], found) == ()


def test_a_circle_of_causes_ends() -> None:
    found = rows(streaming(KEYS), streaming(OTHER))
    feed = found["Feed"]
    circle = {**found, "Orders": replace(feed, logical_id="Orders", properties=tuple(
        replace(one, causing_entity="Feed.Arn") for one in feed.properties))}  # fmt: skip
    assert len(chain_of(feed, circle)) <= 8


@pytest.mark.parametrize(
    ("kind", "physical_id", "part"),
    [
        ("AWS::Lambda::Function", "app-prod-get", "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/app-prod-get"),
        ("AWS::SQS::Queue", "https://sqs/1/q", "#/queues/https%3A%2F%2Fsqs%2F1%2Fq"),
        ("AWS::Logs::LogGroup", "/aws/lambda/x", "log-group/$252Faws$252Flambda$252Fx"),
        ("AWS::Nobody::Knows", "x", "cloudformation/home?region=eu-west-1#/stacks/resources?stackId=arn%3Aaws"),
    ],
)  # fmt: skip
def test_resources_link_to_their_page_in_the_account(kind: str, physical_id: str, part: str) -> None:
    assert part in Place("eu-west-1", "arn:aws:stack").link(kind, physical_id)


def test_what_is_not_there_yet_and_what_has_no_page_has_no_link() -> None:
    assert Place("eu-west-1", "arn").link("AWS::SQS::Queue", "") == ""
    assert Place("eu-west-1").link("AWS::Nobody::Knows", "x") == ""
    hostile = Place("eu-west-1").link("AWS::Lambda::Function", 'x"><script>#/../')
    assert '"' not in hostile
    assert "<" not in hostile


def test_the_first_rows_come_whole_and_a_large_nested_stack_follows() -> None:
    few, more = (
        tuple(ResourceChange(f"Q{n}", "AWS::SQS::Queue", "Modify") for n in range(size)) for size in (3, AT_ONCE)
    )
    nested = ResourceChange("Large", "AWS::CloudFormation::Stack", "Modify", nested=ChangeSet("inner", False, more))
    service = service_view("orders", ChangeSet("outer", False, (nested, *few)), "service-1")

    assert later([service], "/changes") == {"service-1--Large": "/changes?row=service-1--Large"}
    assert service.find(f"service-1--Large--Q{AT_ONCE - 1}") is not None
    assert service.find("service-1--Large--Q") is None


def test_a_finding_leads_to_its_row_however_deep_that_is() -> None:
    leaf = compare(streaming(KEYS), streaming(OTHER))
    stacks = [ResourceChange(name, "AWS::CloudFormation::Stack", "Modify") for name in ("Outer", "Inner")]
    whole = leaf
    for one in stacks:
        whole = looked_into(ChangeSet("s", False, (one,)), {one.logical_id: whole})

    found = findings([service_view("orders", whole, "s")], {})

    assert {one.row for one in found} == {f"s--Inner--Outer--{one.logical_id}" for one in leaf.findings}
    assert found[0].service.tally["Replaced"] == 2


def test_a_property_that_is_new_and_follows_something_is_one_line() -> None:
    def side(key: str, layers: list[Any]) -> dict[str, Any]:
        function = ("AWS::Lambda::Function", {"Role": "r", "Code": {"S3Bucket": "b", "S3Key": "k"}, "Layers": layers})
        return stack(F=function, L=("AWS::Lambda::LayerVersion", {"Content": {"S3Bucket": "b", "S3Key": key}}))

    service = service_view("orders", compare(side("1", []), side("2", [{"Ref": "L"}])), "s")
    row = service.find("s--F")
    assert row is not None
    assert [(line.path, [cause.name for cause in line.chain]) for line in row.lines] == [("Layers/0", ["L"])]


def test_chips_count_every_row_once_also_in_nested_stacks() -> None:
    inner = compare(streaming(KEYS), streaming(OTHER))
    nested = ResourceChange("Inner", "AWS::CloudFormation::Stack", "Modify", nested=inner)
    change_set = ChangeSet("outer", False, (nested,))
    service = service_view("orders", change_set, "service-1")
    by_fate, by_kind = chips([service])

    fates = {chip.value: chip.number for chip in by_fate if chip.field == "group"}
    assert fates == {"Replaced": 2, "Changed": 1}
    assert {chip.value: chip.number for chip in by_kind} == {"event source": 1, "nested stack": 1, "table": 1}


@pytest.mark.parametrize("new", [True, False])
def test_the_outputs_of_a_new_stack_are_folded_and_whole(new: bool) -> None:
    table = stack(T=("AWS::DynamoDB::Table", {}))
    after = {**table, "Outputs": {"Name": {"Value": {"Ref": "T"}, "Export": {"Name": "shop-table"}}}}
    changes = replace(compare(table, after), new_stack=new)

    macros: Any = ENVIRONMENT.get_template("review_parts.html").module
    page = str(macros.changes(service_view("shop", changes, "shop")))

    assert ('<details class="routine new">' in page) is new
    assert "shop-table" in page
