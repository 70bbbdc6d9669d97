"""Change sets by boto3: asked for by name so that asking twice finds the same, read whole, executed once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.assets import AssetsBucket
from seed.aws.session import AwsSession
from seed.aws.values import ChangeSetAnswer, ChangeSetRequest, Validation

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import OperationEventTypeDef

DEEPEST = 5
"""So many nested stacks within each other are asked for."""
LARGEST_BODY = 51_200
FINISHED = frozenset({"CREATE_COMPLETE", "FAILED", "DELETE_COMPLETE", "DELETE_FAILED"})
STARTED = frozenset({"EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE"})
CHANGE_SET_SECONDS = 600.0
PAUSE = 0.5
MOVING = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS", "DELETE_PENDING", "DELETE_IN_PROGRESS"})


class ChangeSets:
    """Those of one account and region. `opened` puts values in for what a package only names."""

    def __init__(
        self, session: AwsSession, opened: Callable[[Mapping[str, str]], Mapping[str, str]], assets: AssetsBucket
    ) -> None:
        self._session, self._opened, self._assets = session, opened, assets
        self._cfn = session.cloudformation

    def create(self, request: ChangeSetRequest) -> str:
        there = self._settled(request)
        if there is not None:
            if there.answers(request):
                return there.arn
            self.delete(request.stack_name, request.name)
            self._settled(request)
        instead = there.arn if there else ""
        return self._cfn.create_change_set(
            StackName=request.stack_name,
            ChangeSetName=request.name,
            ChangeSetType=request.kind,
            ClientToken=_token(request, instead),
            Description=request.description,
            **self.body(request),
        )["Id"]

    def _settled(self, request: ChangeSetRequest) -> ChangeSetAnswer | None:
        """What is there under the name: what is asked for; or another, once it can be deleted; or nothing, once that is
        over, which with nested stacks goes one by one.
        """
        deadline = time.monotonic() + CHANGE_SET_SECONDS
        there = self.answer(request.stack_name, request.name)
        while there and there.status in MOVING and not there.answers(request) and time.monotonic() < deadline:
            time.sleep(PAUSE)
            there = self.answer(request.stack_name, request.name)
        return there

    def answer(self, stack_name: str, change_set: str, depth: int = 0) -> ChangeSetAnswer | None:
        try:
            plain = self._describe(stack_name, change_set, values=False)
        except ClientError as error:
            if _gone(error):
                return None
            raise
        valued = self._describe(stack_name, change_set, values=True) if plain["Status"] == "CREATE_COMPLETE" else {}
        return ChangeSetAnswer(
            arn=plain["ChangeSetId"],
            stack_id=plain.get("StackId", ""),
            name=plain.get("ChangeSetName", change_set),
            status=plain["Status"],
            execution_status=plain.get("ExecutionStatus", "UNAVAILABLE"),
            reason=plain.get("StatusReason") or valued.get("StatusReason", ""),
            changes=tuple(plain["Changes"]),
            valued_changes=tuple(valued.get("Changes", ())),
            nested=self._nested(plain["Changes"], depth + 1) if plain.get("IncludeNestedStacks") else {},
            with_nested=bool(plain.get("IncludeNestedStacks")),
            description=plain.get("Description", ""),
        )

    def _nested(self, changes: Sequence[Mapping[str, Any]], depth: int) -> dict[str, ChangeSetAnswer]:
        """What the change sets of nested stacks say; their ARN alone names them."""
        rows = (change.get("ResourceChange") or {} for change in changes)
        arns = {row["LogicalResourceId"]: row["ChangeSetId"] for row in rows if row.get("ChangeSetId")}
        found = {name: self.answer("", arn, depth) for name, arn in arns.items() if depth <= DEEPEST}
        return {name: answer for name, answer in found.items() if answer is not None}

    def wait(self, stack_name: str, name: str) -> ChangeSetAnswer:
        pause, deadline = (0.02 if self._session.near else 0.5), time.monotonic() + CHANGE_SET_SECONDS
        while True:
            answer = self.answer(stack_name, name)
            if answer is None:
                raise errors.ChangeSetMoved(
                    f"The change set {name} vanished while CloudFormation made it.", where=stack_name
                )
            if answer.status in FINISHED:
                return answer
            if time.monotonic() > deadline:
                raise errors.AwsSaid(
                    f"CloudFormation has not finished the change set {name} within 10 minutes.",
                    where=stack_name,
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)

    def validations(self, change_set_arn: str) -> tuple[Validation, ...]:
        if self._session.near:
            return ()
        events = self._cfn.get_paginator("describe_events")
        pages = events.paginate(ChangeSetName=change_set_arn, Filters={"FailedEvents": True})
        told = (_validation(event) for page in pages for event in page["OperationEvents"])
        return tuple(one for one in told if one is not None)

    def execute(self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False) -> None:
        more: dict[str, Any] = {"DisableRollback": True} if disable_rollback else {}
        try:
            self._cfn.execute_change_set(
                StackName=stack_name, ChangeSetName=change_set, ClientRequestToken=token, **more
            )
        except ClientError as error:
            there = self.answer(stack_name, change_set)
            if there is None or there.execution_status not in STARTED:
                raise errors.told(error, where=stack_name) from error

    def delete(self, stack_name: str, name: str) -> None:
        try:
            self._cfn.delete_change_set(StackName=stack_name, ChangeSetName=name)
        except ClientError as error:
            if not _gone(error):
                raise

    def names(self, stack_name: str) -> tuple[str, ...]:
        """Without those that are being deleted."""
        pages = self._cfn.get_paginator("list_change_sets").paginate(StackName=stack_name)
        try:
            found = [summary for page in pages for summary in page["Summaries"]]
        except ClientError as error:
            if not _gone(error):
                raise
            return ()
        return tuple(s["ChangeSetName"] for s in found if not s.get("Status", "").startswith("DELETE_"))

    def _describe(self, stack_name: str, change_set: str, *, values: bool) -> dict[str, Any]:
        """Every page, joined."""
        first: dict[str, Any] = {}
        changes: list[Mapping[str, Any]] = []
        token: dict[str, str] = {}
        stack: Any = {"StackName": stack_name} if stack_name else {}
        while True:
            page: Any = self._cfn.describe_change_set(
                ChangeSetName=change_set, IncludePropertyValues=values, **stack, **token
            )
            first = first or dict(page)
            changes += page.get("Changes", [])
            if not page.get("NextToken"):
                return {**first, "Changes": changes}
            token = {"NextToken": page["NextToken"]}

    def body(self, request: ChangeSetRequest) -> dict[str, Any]:
        """What a change set and an update without one are asked with."""
        body: dict[str, Any] = {
            "Parameters": [
                *(
                    {"ParameterKey": k, "ParameterValue": v}
                    for k, v in sorted(self._opened(request.parameters).items())
                ),
                *({"ParameterKey": name, "UsePreviousValue": True} for name in sorted(request.previous)),
            ],
            "Tags": [{"Key": k, "Value": v} for k, v in sorted(request.tags.items())],
            "Capabilities": list(request.capabilities),
            **({"IncludeNestedStacks": True} if request.nested else {}),
            **({"RoleARN": request.role_arn} if request.role_arn else {}),
            **({"RollbackConfiguration": json.loads(request.rollback)} if request.rollback else {}),
            **({"NotificationARNs": list(request.notification_arns)} if request.notification_arns else {}),
        }
        if len(request.template.encode()) <= LARGEST_BODY:
            return {**body, "TemplateBody": request.template}
        sha256 = hashlib.sha256(request.template.encode()).hexdigest()
        return {**body, "TemplateURL": self._assets.put_text(f"templates/{sha256}.json", request.template)}


def _token(request: ChangeSetRequest, instead: str) -> str:
    """Of another package, instead of one that was deleted, or once more where nested stacks are refused, the same name
    asks another question.
    """
    asked = hashlib.sha256(f"{request.description}, nested: {request.nested}, for {instead}".encode()).hexdigest()
    return f"{request.name}-{asked[:16]}"


def _validation(event: OperationEventTypeDef) -> Validation | None:
    """None: it is an event of another kind, or a check that was not made."""
    if event.get("EventType") == "HOOK_INVOCATION_ERROR":
        name, reason = event.get("HookType", ""), event.get("HookStatusReason", "")
        mode = event.get("HookFailureMode")
    elif event.get("EventType") == "VALIDATION_ERROR" and event.get("ValidationStatus") != "SKIPPED":
        name, reason = event.get("ValidationName", ""), event.get("ValidationStatusReason", "")
        mode = event.get("ValidationFailureMode")
    else:
        return None
    return Validation(
        name,
        event.get("LogicalResourceId", ""),
        event.get("ResourceType", ""),
        reason,
        path=event.get("ValidationPath", ""),
        fails=mode != "WARN",
    )


def _gone(error: ClientError) -> bool:
    said = errors.message_of(error)
    return errors.code_of(error).startswith("ChangeSetNotFound") or "does not exist" in said
