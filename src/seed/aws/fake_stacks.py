"""The stacks of the fake AWS, as they are looked at: what they are, what they made, and what is in it."""

from __future__ import annotations

import json

from seed.aws.errors import AwsSaid
from seed.aws.fake_account import FakeAccount
from seed.aws.fake_stack import FakeStack, made_by, parsed
from seed.aws.pace import Pace
from seed.aws.values import Drift, Held, Stack, StackEvent, StackResource

UNITS = {"AWS::DynamoDB::Table": "item", "AWS::S3::Bucket": "object", "AWS::SQS::Queue": "message"}
NAMED = {"AWS::DynamoDB::Table": "TableName", "AWS::S3::Bucket": "BucketName", "AWS::SQS::Queue": "QueueName"}


class FakeStacks(FakeAccount):
    """Its part of `seed.aws.port.Cloud`; what changes a stack is `FakeCloud`'s."""

    def __init__(self, account: str, region: str, pace: Pace | None) -> None:
        super().__init__(account, region, pace)
        self.events_per_look = 1000
        """How many new events one look at a running stack brings."""
        self.contents: dict[str, Held] = {}
        """What is in a resource, by its physical id."""
        self.names: set[tuple[str, str]] = set()
        """(type, name) of what is in the account beside the stacks."""
        self.drifts: dict[str, Drift | None] = {}
        """What was changed outside of its stack, by logical id."""
        self._stacks: dict[str, FakeStack] = {}

    def stack(self, name: str) -> Stack | None:
        self._maybe_fail()
        found = self._stacks.get(name)
        if found is None:
            return None
        found.look(self.events_per_look)
        outputs = {
            name: str(output.get("Value"))
            for name, output in (parsed(found.template).get("Outputs") or {}).items()
            if found.status.endswith("_COMPLETE")
        }
        exports = tuple(
            str(output["Export"]["Name"])
            for output in (parsed(found.template).get("Outputs") or {}).values()
            if "Export" in output and outputs
        )
        return Stack(
            found.name, found.stack_id, found.status, found.reason, found.updated,
            dict(found.parameters), dict(found.tags), outputs, exports=exports,
            rollback=found.rollback,
        )  # fmt: skip

    def put_in_state(self, name: str, status: str) -> None:
        """A lever: the stack is found in this state."""
        stack = self._stacks.setdefault(name, FakeStack(name, self._arn("stack", name)))
        stack.status = status

    def template(self, stack_name: str) -> str | None:
        self._maybe_fail()
        found = self._stacks.get(stack_name)
        return found.template or None if found else None

    def resources(self, stack_name: str) -> list[StackResource]:
        self._maybe_fail()
        found = self._stacks.get(stack_name)
        if found is None:
            return []
        return [
            StackResource(logical_id, f"{stack_name}-{logical_id}", resource["Type"], "CREATE_COMPLETE")
            for logical_id, resource in (parsed(found.template).get("Resources") or {}).items()
        ]

    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        self._maybe_fail()
        stack = self._stacks.get(stack_name)
        if stack is None:
            return []
        stack.look(self.events_per_look)
        ids = [event.event_id for event in stack.events]
        return stack.events[ids.index(after) + 1 :] if after in ids else list(stack.events)

    def stack_policy(self, stack_name: str) -> str:
        self._maybe_fail()
        return self._stacks[stack_name].policy

    def set_stack_policy(self, stack_name: str, policy: str) -> None:
        self._maybe_fail()
        self._stacks[stack_name].policy = policy

    def held(self, resource_type: str, physical_id: str) -> Held | None:
        self._maybe_fail()
        there = (resource_type, physical_id) in made_by(self._stacks.values())
        return (
            self.contents.get(physical_id, Held(0, UNITS[resource_type])) if there and resource_type in UNITS else None
        )

    def importers(self, export: str) -> tuple[str, ...]:
        self._maybe_fail()
        wanted = json.dumps({"Fn::ImportValue": export})
        return tuple(
            name
            for name, stack in self._stacks.items()
            if wanted in json.dumps(parsed(stack.template)) and not stack.pending
        )

    def taken(self, resource_type: str, name: str) -> bool | None:
        self._maybe_fail()
        if resource_type not in NAMED:
            return None
        return (resource_type, name) in self.names | made_by(self._stacks.values(), NAMED[resource_type])

    def drift(self, stack_name: str, logical_id: str) -> Drift | None:
        self._maybe_fail()
        if logical_id not in {one.logical_id for one in self.resources(stack_name)}:
            raise AwsSaid(f"Resource {logical_id} does not exist for stack {stack_name}", where=stack_name)
        return self.drifts.get(logical_id, Drift())
