"""An AWS in memory with the behaviour that the local AWS lacks: throttling, lost networks, expired sessions,
change sets that become OBSOLETE, stacks in every state, events that come over time, failures on demand.

It passes the same interface tests as the real gateway. Its change sets compare resources by equality and
know nothing of replacement: what a change means is not its business.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from seed.aws.errors import AwsSaid, ChangeSetMoved, StackBusy
from seed.aws.fake_stack import FakeStack, changes_between, new_code, parsed, same_given, sha
from seed.aws.fake_stacks import FakeStacks
from seed.aws.pace import Pace
from seed.aws.values import ChangeSetAnswer, ChangeSetRequest, StackEvent, Validation

EMPTY = "The submitted information didn't contain changes. Submit different information to create a change set."

INVALID = "The following hook(s)/validation failed: see DescribeEvents."


class FakeCloud(FakeStacks):
    """Implements `seed.aws.port.Cloud`. The public attributes are the levers of a test."""

    def __init__(self, account: str = "111122223333", region: str = "eu-west-1", pace: Pace | None = None) -> None:
        super().__init__(account, region, pace)
        self.refuses_nested = ""
        """Why change sets that look into nested stacks fail."""
        self.validated: list[Validation] = []
        """What is held against the next change sets; one that fails makes them fail."""
        self.fail_resource = ""
        """The resource at which the next execution fails."""
        self.fail_reasons: list[str] = []
        """The next executions fail at their first resource, one for each of these words."""
        self.executed: list[str] = []

    def create_change_set(self, request: ChangeSetRequest) -> str:
        self._maybe_fail()
        stack = self._stacks.get(request.stack_name)
        if stack is None:
            if request.kind == "UPDATE":
                raise AwsSaid(f"Stack [{request.stack_name}] does not exist", where=request.stack_name)
            stack = self._stacks[request.stack_name] = FakeStack(
                request.stack_name, self._arn("stack", request.stack_name)
            )
        there = stack.change_sets.get(request.name)
        if there is not None and there[1].answers(request):
            return there[1].arn
        changes = changes_between(parsed(stack.template), parsed(request.template))
        same = (
            not changes
            and set(request.previous) <= set(stack.parameters)
            and same_given(stack.parameters, request)
            and stack.tags == dict(request.tags)
        )
        answer = ChangeSetAnswer(
            arn=self._arn("changeSet", request.name),
            stack_id=stack.stack_id,
            name=request.name,
            status="FAILED" if same else "CREATE_COMPLETE",
            execution_status="UNAVAILABLE" if same else "AVAILABLE",
            reason=EMPTY if same else "",
            changes=tuple(changes),
            valued_changes=tuple(changes),
            description=request.description,
        )
        if not same and any(one.fails for one in self.validated):
            answer = replace(answer, status="FAILED", execution_status="UNAVAILABLE", reason=INVALID)
        if request.nested and not same:
            answer = self._with_nested(stack, request, answer)
        stack.change_sets[request.name] = (request, answer)
        return answer.arn

    def _with_nested(self, stack: FakeStack, request: ChangeSetRequest, answer: ChangeSetAnswer) -> ChangeSetAnswer:
        """As CloudFormation does it: the row of a nested stack names a change set of its own."""
        if self.refuses_nested:
            return replace(answer, status="FAILED", execution_status="UNAVAILABLE", reason=self.refuses_nested)
        rows, nested = [], {}
        for change in answer.changes:
            row = change["ResourceChange"]
            if row["ResourceType"] == "AWS::CloudFormation::Stack":
                name = row["LogicalResourceId"]
                resource = (parsed(request.template)["Resources"]).get(name) or {}
                address = json.dumps((resource.get("Properties") or {}).get("TemplateURL", ""))
                comes = next((body.decode() for key, body in self._assets.items() if key in address), "{}")
                there = self._stacks.get(f"{stack.name}-{name}")
                changes = tuple(changes_between(parsed(there.template if there else ""), parsed(comes)))
                arn = self._arn("changeSet", f"{request.name}-{name}")
                nested[name] = ChangeSetAnswer(
                    arn, self._arn("stack", f"{stack.name}-{name}"), f"{request.name}-{name}", "CREATE_COMPLETE",
                    "AVAILABLE", "", changes, changes,
                )  # fmt: skip
                row = {**row, "ChangeSetId": arn}
            rows.append({**change, "ResourceChange": row})
        return replace(answer, changes=tuple(rows), valued_changes=tuple(rows), nested=nested, with_nested=True)

    def change_set(self, stack_name: str, change_set: str) -> ChangeSetAnswer | None:
        self._maybe_fail()
        found = self._change_set(stack_name, change_set)
        return found[1] if found else None

    def wait_change_set(self, stack_name: str, name: str) -> ChangeSetAnswer:
        answer = self.change_set(stack_name, name)
        if answer is None:
            raise ChangeSetMoved(f"The change set {name} is gone.", where=stack_name)
        return answer

    def execute_change_set(
        self,
        stack_name: str,
        change_set: str,
        token: str,
        *,
        disable_rollback: bool = False,  # noqa: ARG002, it always rolls back
    ) -> None:
        self._maybe_fail()
        stack, found = self._stacks.get(stack_name), self._change_set(stack_name, change_set)
        if stack is None or found is None:
            raise ChangeSetMoved(f"ChangeSet [{change_set}] does not exist", where=stack_name)
        if token in stack.tokens:
            return
        if found[1].execution_status != "AVAILABLE":
            raise ChangeSetMoved(f"ChangeSet [{change_set}] is in {found[1].execution_status}", where=stack_name)
        if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            raise StackBusy(f"Stack:{stack_name} is in {stack.status} state", where=stack_name)
        stack.tokens.add(token)
        self.executed.append(found[1].arn)
        for other, (request, answer) in list(stack.change_sets.items()):
            status = "EXECUTE_COMPLETE" if other == found[0].name else "OBSOLETE"
            stack.change_sets[other] = (request, replace(answer, execution_status=status))
        self._run(stack, found[0], token)

    def validations(self, change_set_arn: str) -> tuple[Validation, ...]:
        self._maybe_fail()
        made = [answer for stack in self._stacks.values() for _request, answer in stack.change_sets.values()]
        made += [inside for answer in made for inside in answer.nested.values()]
        changes = [change for answer in made if answer.arn == change_set_arn for change in answer.changes]
        names = {change["ResourceChange"]["LogicalResourceId"] for change in changes}
        return tuple(one for one in self.validated if one.logical_id in names)

    def delete_change_set(self, stack_name: str, name: str) -> None:
        self._maybe_fail()
        stack = self._stacks.get(stack_name)
        if stack is not None:
            stack.change_sets.pop(name, None)

    def change_sets(self, stack_name: str) -> tuple[str, ...]:
        self._maybe_fail()
        stack = self._stacks.get(stack_name)
        return tuple(stack.change_sets) if stack is not None else ()

    def delete_stack(self, name: str, token: str) -> None:  # noqa: ARG002, the interface's
        self._maybe_fail()
        self._stacks.pop(name, None)

    def cancel_update(self, name: str, token: str) -> None:
        self._maybe_fail()
        stack = self._stacks.get(name)
        if stack is None or stack.status != "UPDATE_IN_PROGRESS":
            return
        whole = "AWS::CloudFormation::Stack"
        stack.pending = [
            self._event(name, whole, "UPDATE_ROLLBACK_IN_PROGRESS", token, "User Initiated"),
            self._event(name, whole, "UPDATE_ROLLBACK_COMPLETE", token),
        ]
        stack.template, stack.parameters, stack.tags = stack.before

    def update_stack(self, request: ChangeSetRequest, token: str) -> str:
        self._maybe_fail()
        stack = self._stacks[request.stack_name]
        self._run(stack, request, token)
        return stack.stack_id

    def _run(self, stack: FakeStack, request: ChangeSetRequest, token: str) -> None:
        verb = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        whole = "AWS::CloudFormation::Stack"
        events = [self._event(stack.name, whole, f"{verb}_IN_PROGRESS", token)]
        stack.before = stack.template, stack.parameters, stack.tags
        stack.rollback = request.rollback or stack.rollback
        resources = parsed(request.template).get("Resources") or {}
        failed = self.fail_resource if self.fail_resource in resources else ""
        reason = "Told to fail"
        if self.fail_reasons and resources:
            failed, reason = next(iter(resources)), self.fail_reasons.pop(0)
        for logical_id, resource in resources.items():
            events.append(self._event(logical_id, resource["Type"], f"{verb}_IN_PROGRESS", token))
            if logical_id == failed:
                events.append(self._event(logical_id, resource["Type"], f"{verb}_FAILED", token, reason))
                break
            events.append(self._event(logical_id, resource["Type"], f"{verb}_COMPLETE", token))
        if failed:
            end = "ROLLBACK_COMPLETE" if verb == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
        else:
            end = f"{verb}_COMPLETE"
            for logical_id, key in new_code(stack.template, resources):
                self._codes[f"{stack.name}-{logical_id}"] = sha(self._assets[key])
            stack.template = request.template
            kept = {name: stack.parameters[name] for name in request.previous}
            stack.parameters, stack.tags = {**kept, **request.parameters}, dict(request.tags)
        events.append(self._event(stack.name, whole, end, token))
        stack.status = f"{verb}_IN_PROGRESS"
        stack.updated = datetime.now(UTC)
        stack.pending = events
        self.fail_resource = ""

    def _change_set(self, stack_name: str, name_or_arn: str) -> tuple[ChangeSetRequest, ChangeSetAnswer] | None:
        stack = self._stacks.get(stack_name)
        there = stack.change_sets.values() if stack else ()
        return next((one for one in there if name_or_arn in (one[0].name, one[1].arn)), None)

    def _event(self, logical_id: str, kind: str, status: str, token: str, reason: str = "") -> StackEvent:
        self._clock += 1
        physical = f"physical-{logical_id}"
        return StackEvent(f"event-{self._clock}", datetime.now(UTC), logical_id, physical, kind, status, reason, token)
