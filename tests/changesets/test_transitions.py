"""What the comparison says will be added, removed and replaced is what the local AWS then really does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.changesets.transitions import TRANSITIONS, Resources, Transition
from tests.support.waiting import eventually

from seed.aws.local import LocalAws
from seed.changesets import ResourceChange, compare

LIMITS = {
    "DynamoDB::Table: key": "a table that is made anew keeps its generated name there",
}
"""Where the local AWS does something else than AWS, and why that does not speak against the comparison."""


class Stacks:
    def __init__(self, cloudformation: Any) -> None:
        self._cf = cloudformation

    def deploy(self, name: str, resources: Resources, *, create: bool) -> dict[str, str]:
        """Physical ids, once it is done."""
        send = self._cf.create_stack if create else self._cf.update_stack
        send(StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_NAMED_IAM"])
        eventually(lambda: not self._status(name).endswith("IN_PROGRESS"), name, 30)
        assert self._status(name) in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        found = self._cf.describe_stack_resources(StackName=name)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def _status(self, name: str) -> str:
        return str(self._cf.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


@pytest.fixture(scope="module")
def stacks(local_aws: LocalAws) -> Iterator[Stacks]:
    client = boto3.client(
        "cloudformation", endpoint_url=local_aws.endpoint, region_name="us-east-1",
        aws_access_key_id="400000000004", aws_secret_access_key="none",
    )  # fmt: skip
    yield Stacks(client)
    client.close()


def happened(before: dict[str, str], after: dict[str, str], logical_id: str) -> str:
    if logical_id not in before:
        return "added"
    if logical_id not in after:
        return "removed"
    return "kept" if before[logical_id] == after[logical_id] else "replaced"


def fits(real: str, said: ResourceChange | None) -> bool:
    """Whether what happened to a resource is what was said of it, or was left open."""
    if real in {"added", "removed"}:
        return said is not None and said.action == {"added": "Add", "removed": "Remove"}[real]
    if said is None or said.action != "Modify":
        return said is None and real == "kept"
    return said.replacement in ({"True", "Conditional"} if real == "replaced" else {"False", "Conditional"})


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in TRANSITIONS])
def test_what_was_said_happens(stacks: Stacks, one: Transition) -> None:
    name = f"transition-{TRANSITIONS.index(one)}"
    said: dict[str, ResourceChange] = {
        row.logical_id: row for row in compare({"Resources": one.old}, {"Resources": one.new}).resources
    }

    before = stacks.deploy(name, one.old, create=True)
    after = stacks.deploy(name, one.new, create=False)

    wrong = {
        logical_id: (happened(before, after, logical_id), said.get(logical_id))
        for logical_id in before.keys() | after.keys()
        if not fits(happened(before, after, logical_id), said.get(logical_id))
    }
    assert bool(wrong) == (one.name in LIMITS), wrong
    assert said


def test_the_matrix_is_wide() -> None:
    kinds = {resource["Type"] for one in TRANSITIONS for resource in (one.old | one.new).values()}

    assert len(TRANSITIONS) >= 60
    assert len(kinds) >= 40
    assert len({one.name for one in TRANSITIONS}) == len(TRANSITIONS)
    fates = Counter(
        row.action for one in TRANSITIONS for row in compare({"Resources": one.old}, {"Resources": one.new}).resources
    )
    assert min(fates["Add"], fates["Remove"]) > 5


def test_what_is_said_is_not_always_perhaps() -> None:
    """A comparison that called everything conditional would never be wrong."""
    rows = [
        row
        for one in TRANSITIONS
        for row in compare({"Resources": one.old}, {"Resources": one.new}).resources
        if row.action == "Modify"
    ]
    said = Counter(row.replacement for row in rows)

    assert said["Conditional"] < len(rows) / 10
    assert said["True"] > 20
