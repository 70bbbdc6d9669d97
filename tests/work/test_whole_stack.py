"""What goes with a stack and what stays, also inside of the stacks that are nested in it."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from tests.work.account import BUCKET, TOPIC, deploy, stack

from seed.aws.fake import FakeCloud
from seed.aws.values import StackResource
from seed.removals.records import RemovedStack
from seed.work.removing.delete_stack import delete_patiently
from seed.work.removing.whole_stack import buckets_that_go, parts, what_is_left, what_stays

NESTED: tuple[str, dict[str, Any]] = ("AWS::CloudFormation::Stack", {"TemplateURL": "https://s3/child.json"})
DEEP = "app-Storage-Deep"


def keeps(template: str, *names: str) -> str:
    made = json.loads(template)
    for name in names:
        made["Resources"][name]["DeletionPolicy"] = "Retain"
    return json.dumps(made)


@pytest.fixture
def cloud() -> FakeCloud:
    """Three stacks in each other; the bucket `Kept` of the deepest stays."""
    made = FakeCloud()
    deploy(made, stack(Files=BUCKET, Storage=NESTED), "app")
    deploy(made, stack(Topic=TOPIC, Deep=NESTED), "app-Storage")
    deploy(made, keeps(stack(Pictures=BUCKET, Kept=BUCKET), "Kept"), DEEP)
    made.buckets |= {f"{DEEP}-Pictures": ["one"], f"{DEEP}-Kept": ["two"], "app-Files": []}
    return made


def delete(cloud: FakeCloud, *, empty: bool) -> str | None:
    row = RemovedStack(id=1, stack_name="app")
    return delete_patiently(cloud, row, 0.0, Event(), empty_buckets=empty, tried=lambda _tries: None)


def test_what_is_nested_goes_with_it_but_for_what_a_policy_keeps(cloud: FakeCloud) -> None:
    whole = list(parts(cloud, "app"))

    assert buckets_that_go(whole) == ["app-Files", f"{DEEP}-Pictures"]
    assert what_stays(whole) == [
        {"id": "Storage/Deep/Kept", "type": BUCKET[0], "physical_id": f"{DEEP}-Kept",
         "because": "its DeletionPolicy is Retain"}
    ]  # fmt: skip
    assert "Storage/Deep/Pictures" in {one["id"] for one in what_is_left(whole)}


def test_a_nested_stack_that_a_policy_keeps_stays_whole(cloud: FakeCloud) -> None:
    deploy(cloud, keeps(stack(Storage=NESTED), "Storage"), "other")
    deploy(cloud, stack(Files=BUCKET), "other-Storage")
    whole = list(parts(cloud, "other"))

    assert buckets_that_go(whole) == []
    assert [one["id"] for one in what_stays(whole)] == ["Storage"]


def test_a_full_bucket_inside_stops_the_deletion_before_it_begins(cloud: FakeCloud) -> None:
    said = delete(cloud, empty=False)

    assert said == (
        f"The bucket {DEEP}-Pictures is not empty, and only an empty bucket can be deleted. "
        "Remove it again with what is in the buckets, or empty them first."
    )
    assert cloud.stack("app") is not None
    assert cloud.holds_anything(f"{DEEP}-Pictures")


def test_where_it_is_allowed_what_goes_is_emptied_and_what_stays_is_not(cloud: FakeCloud) -> None:
    assert delete(cloud, empty=True) is None

    assert cloud.stack("app") is None
    assert not cloud.holds_anything(f"{DEEP}-Pictures")
    assert cloud.holds_anything(f"{DEEP}-Kept")


def test_a_bucket_that_could_not_be_deleted_once_is_emptied_the_next_time(cloud: FakeCloud) -> None:
    [whole, *_] = parts(cloud, "app")
    failed = StackResource("Files", "files", BUCKET[0], "DELETE_FAILED")
    assert buckets_that_go([replace(whole, resources=(failed,))]) == ["files"]
