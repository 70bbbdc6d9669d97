"""The gateway to AWS by boto3: real AWS, and every endpoint that speaks its protocol."""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from seed.aws import errors
from seed.aws.assets import AssetsBucket
from seed.aws.empty import empty_bucket
from seed.aws.functions import Functions
from seed.aws.look import Looks
from seed.aws.pace import FAR, NEAR, Pace
from seed.aws.port import (
    Access,
    ChangeSetAnswer,
    ChangeSetRequest,
    Held,
    Identity,
    Stack,
    StackEvent,
    StackResource,
)
from seed.aws.references import is_secure, referenced
from seed.aws.session import AwsSession

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

DEEPEST = 5
"""So many nested stacks within each other are asked for."""
LARGEST_BODY = 51_200
FINISHED = frozenset({"CREATE_COMPLETE", "FAILED", "DELETE_COMPLETE", "DELETE_FAILED"})
STARTED = frozenset({"EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE"})
CHANGE_SET_SECONDS = 600.0
P = ParamSpec("P")
R = TypeVar("R")


def _ours(call: Callable[P, R]) -> Callable[P, R]:
    """Every failure leaves the gateway as one of `seed.aws.errors`."""

    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except (ClientError, BotoCoreError, OSError) as error:
            said = errors.told(error)
            if isinstance(said, errors.CredentialsExpired):
                args[0].expired = True  # type: ignore[attr-defined]  # the gateway itself
            raise said from error

    return wrapped


class BotoCloud:
    """Implements `seed.aws.port.Cloud`."""

    def __init__(
        self,
        session: AwsSession,
        opened: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda parameters: parameters,
        pace: Pace | None = None,
    ) -> None:
        """`opened` puts values in for what a package only names."""
        self._session, self._opened = session, opened
        self.region = session.region
        self.pace = Pace(NEAR) if session.near else pace or Pace(FAR)
        self.expired = False
        self._cfn = session.cloudformation
        self._assets = AssetsBucket(session)
        self._functions = Functions(session)
        self._looks = Looks(session)

    @_ours
    def identity(self) -> Identity:
        said = self._session.sts.get_caller_identity()
        return Identity(said["Account"], said["Arn"], self.region)

    @_ours
    def environment(self) -> dict[str, str]:
        return self._session.environment()

    @_ours
    def stack(self, name: str) -> Stack | None:
        try:
            found = self._cfn.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in errors.message_of(error):
                return None
            raise
        if not found or found[0]["StackStatus"] == "DELETE_COMPLETE":
            return None
        return _stack(found[0])

    @_ours
    def template(self, stack_name: str) -> str | None:
        try:
            body: Any = self._cfn.get_template(StackName=stack_name, TemplateStage="Original")["TemplateBody"]
        except ClientError as error:
            if "does not exist" in errors.message_of(error):
                return None
            raise
        if isinstance(body, str):
            return body
        return json.dumps(body)

    @_ours
    def resources(self, stack_name: str) -> list[StackResource]:
        pages = self._cfn.get_paginator("list_stack_resources").paginate(StackName=stack_name)
        try:
            return [
                StackResource(
                    r["LogicalResourceId"],
                    r.get("PhysicalResourceId", ""),
                    r["ResourceType"],
                    r["ResourceStatus"],
                )
                for page in pages
                for r in page["StackResourceSummaries"]
            ]
        except ClientError as error:
            if "does not exist" in errors.message_of(error):
                return []
            raise

    @_ours
    def create_change_set(self, request: ChangeSetRequest) -> str:
        there = self.change_set(request.stack_name, request.name)
        deadline = time.monotonic() + CHANGE_SET_SECONDS
        while there is not None and there.status.startswith("DELETE_") and time.monotonic() < deadline:
            time.sleep(0.5)  # with nested stacks it goes one by one
            there = self.change_set(request.stack_name, request.name)
        if there is not None:
            if there.status != "FAILED":
                return there.arn
            self.delete_change_set(request.stack_name, request.name)
        return self._cfn.create_change_set(
            StackName=request.stack_name,
            ChangeSetName=request.name,
            ChangeSetType=request.kind,
            # The same name is asked for once more where nested stacks are refused: that is another question.
            ClientToken=f"{request.name}-nested" if request.nested else request.name,
            Description=request.description,
            **self._body(request),
        )["Id"]

    @_ours
    def change_set(self, stack_name: str, change_set: str) -> ChangeSetAnswer | None:
        return self._change_set(stack_name, change_set)

    def _change_set(self, stack_name: str, change_set: str, depth: int = 0) -> ChangeSetAnswer | None:
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
            reason=plain.get("StatusReason", ""),
            changes=tuple(plain["Changes"]),
            valued_changes=tuple(valued.get("Changes", ())),
            nested=self._nested(plain["Changes"], depth + 1) if plain.get("IncludeNestedStacks") else {},
            with_nested=bool(plain.get("IncludeNestedStacks")),
        )

    def _nested(self, changes: Sequence[Mapping[str, Any]], depth: int) -> dict[str, ChangeSetAnswer]:
        """What the change sets of nested stacks say; their ARN alone names them."""
        rows = (change.get("ResourceChange") or {} for change in changes)
        arns = {row["LogicalResourceId"]: row["ChangeSetId"] for row in rows if row.get("ChangeSetId")}
        found = {name: self._change_set("", arn, depth) for name, arn in arns.items() if depth <= DEEPEST}
        return {name: answer for name, answer in found.items() if answer is not None}

    def wait_change_set(self, stack_name: str, name: str) -> ChangeSetAnswer:
        pause, deadline = (0.02 if self._session.near else 0.5), time.monotonic() + CHANGE_SET_SECONDS
        while True:
            answer = self.change_set(stack_name, name)
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

    @_ours
    def execute_change_set(
        self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False
    ) -> None:
        more: dict[str, Any] = {"DisableRollback": True} if disable_rollback else {}
        try:
            self._cfn.execute_change_set(
                StackName=stack_name, ChangeSetName=change_set, ClientRequestToken=token, **more
            )
        except ClientError as error:
            there = self.change_set(stack_name, change_set)
            if there is None or there.execution_status not in STARTED:
                raise errors.told(error, where=stack_name) from error

    @_ours
    def delete_change_set(self, stack_name: str, name: str) -> None:
        try:
            self._cfn.delete_change_set(StackName=stack_name, ChangeSetName=name)
        except ClientError as error:
            if not _gone(error):
                raise

    @_ours
    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        found: list[StackEvent] = []
        pages = self._cfn.get_paginator("describe_stack_events").paginate(StackName=stack_name)
        try:
            for page in pages:
                for e in page["StackEvents"]:
                    if after and e["EventId"] == after:
                        return found[::-1]
                    found.append(
                        StackEvent(
                            event_id=e["EventId"],
                            at=e["Timestamp"],
                            logical_id=e.get("LogicalResourceId", ""),
                            physical_id=e.get("PhysicalResourceId", ""),
                            resource_type=e.get("ResourceType", ""),
                            status=e.get("ResourceStatus", ""),
                            reason=e.get("ResourceStatusReason", ""),
                            token=e.get("ClientRequestToken", ""),
                        )
                    )
        except ClientError as error:
            if "does not exist" not in errors.message_of(error):
                raise
        return found[::-1]

    @_ours
    def stack_policy(self, stack_name: str) -> str:
        body = self._cfn.get_stack_policy(StackName=stack_name).get("StackPolicyBody", "")
        return _canonical(json.loads(body)) if body else ""

    @_ours
    def set_stack_policy(self, stack_name: str, policy: str) -> None:
        self._cfn.set_stack_policy(StackName=stack_name, StackPolicyBody=policy)

    @_ours
    def delete_stack(self, name: str, token: str) -> None:
        self._cfn.delete_stack(StackName=name, ClientRequestToken=token)

    @_ours
    def cancel_update(self, name: str, token: str) -> None:
        try:
            self._cfn.cancel_update_stack(StackName=name, ClientRequestToken=token)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ValidationError":
                raise  # else it has ended meanwhile, or has never run

    @_ours
    def update_stack(self, request: ChangeSetRequest, token: str) -> str:
        return self._cfn.update_stack(StackName=request.stack_name, ClientRequestToken=token, **self._body(request))[
            "StackId"
        ]

    @_ours
    def empty_bucket(self, name: str) -> int:
        return empty_bucket(self._session, name)

    @_ours
    def assets_bucket(self) -> str:
        return self._assets.ensure()

    @_ours
    def has_asset(self, key: str) -> bool:
        return self._assets.has(key)

    @_ours
    def put_asset(self, key: str, path: Path) -> None:
        self._assets.put(key, path)

    @_ours
    def read_asset(self, key: str, to: Path) -> None:
        self._assets.read(key, to)

    @_ours
    def code_sha256(self, function_name: str) -> str | None:
        return self._functions.code_sha256(function_name)

    @_ours
    def layer_sha256(self, arn: str) -> str | None:
        return self._functions.layer_sha256(arn)

    @_ours
    def update_code(self, function_name: str, key: str) -> str:
        return self._functions.update_code(function_name, self._assets.name, key)

    @_ours
    def held(self, resource_type: str, physical_id: str) -> Held | None:
        return self._looks.held(resource_type, physical_id)

    @_ours
    def importers(self, export: str) -> tuple[str, ...]:
        return self._looks.importers(export)

    @_ours
    def taken(self, resource_type: str, name: str) -> bool | None:
        return self._looks.taken(resource_type, name)

    @_ours
    def referenced(self, kind: str, name: str) -> str:
        return referenced(self._session, kind, name)

    @_ours
    def is_secure(self, name: str) -> bool:
        return is_secure(self._session, name)

    @_ours
    def new_access(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Access:
        return self._looks.new_access(before, after, kind)

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

    def _body(self, request: ChangeSetRequest) -> dict[str, Any]:
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


def _stack(raw: StackTypeDef) -> Stack:
    return Stack(
        name=raw["StackName"],
        stack_id=raw.get("StackId", ""),
        status=raw["StackStatus"],
        reason=raw.get("StackStatusReason", ""),
        last_updated=_utc(raw.get("LastUpdatedTime") or raw.get("CreationTime")),
        parameters={p.get("ParameterKey", ""): p.get("ParameterValue", "") for p in raw.get("Parameters", [])},
        tags={t["Key"]: t["Value"] for t in raw.get("Tags", [])},
        outputs={o.get("OutputKey", ""): o.get("OutputValue", "") for o in raw.get("Outputs", [])},
        termination_protection=bool(raw.get("EnableTerminationProtection", False)),
        rollback=_canonical(raw["RollbackConfiguration"]) if raw.get("RollbackConfiguration") else "",
        exports=tuple(o["ExportName"] for o in raw.get("Outputs", []) if o.get("ExportName")),
    )


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _gone(error: ClientError) -> bool:
    said = errors.message_of(error)
    return errors.code_of(error).startswith("ChangeSetNotFound") or "does not exist" in said


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
