"""The gateway to AWS by boto3: real AWS, and every endpoint that speaks its protocol."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from seed.aws import errors
from seed.aws.assets import AssetsBucket
from seed.aws.change_sets import ChangeSets
from seed.aws.empty import empty_bucket, holds_anything
from seed.aws.functions import Functions
from seed.aws.look import Looks
from seed.aws.pace import FAR, NEAR, Pace
from seed.aws.references import is_secure, referenced
from seed.aws.session import AwsSession
from seed.aws.values import (
    Access,
    ChangeSetAnswer,
    ChangeSetRequest,
    Drift,
    Held,
    Identity,
    Stack,
    StackEvent,
    StackResource,
    Validation,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

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
        self._session = session
        self.region = session.region
        self.pace = Pace(NEAR) if session.near else pace or Pace(FAR)
        self.expired = False
        self._cfn = session.cloudformation
        self._assets = AssetsBucket(session)
        self._change_sets = ChangeSets(session, opened, self._assets)
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
        return self._change_sets.create(request)

    @_ours
    def change_set(self, stack_name: str, change_set: str) -> ChangeSetAnswer | None:
        return self._change_sets.answer(stack_name, change_set)

    @_ours
    def wait_change_set(self, stack_name: str, name: str) -> ChangeSetAnswer:
        return self._change_sets.wait(stack_name, name)

    @_ours
    def validations(self, change_set_arn: str) -> tuple[Validation, ...]:
        return self._change_sets.validations(change_set_arn)

    @_ours
    def execute_change_set(
        self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False
    ) -> None:
        self._change_sets.execute(stack_name, change_set, token, disable_rollback=disable_rollback)

    @_ours
    def delete_change_set(self, stack_name: str, name: str) -> None:
        self._change_sets.delete(stack_name, name)

    @_ours
    def change_sets(self, stack_name: str) -> tuple[str, ...]:
        return self._change_sets.names(stack_name)

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
        body = self._change_sets.body(request)
        return self._cfn.update_stack(StackName=request.stack_name, ClientRequestToken=token, **body)["StackId"]

    @_ours
    def empty_bucket(self, name: str) -> int:
        return empty_bucket(self._session, name)

    @_ours
    def holds_anything(self, bucket: str) -> bool | None:
        return holds_anything(self._session, bucket)

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
    def drift(self, stack_name: str, logical_id: str) -> Drift | None:
        return self._looks.drift(stack_name, logical_id)

    @_ours
    def referenced(self, kind: str, name: str) -> str:
        return referenced(self._session, kind, name)

    @_ours
    def is_secure(self, name: str) -> bool:
        return is_secure(self._session, name)

    @_ours
    def new_access(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Access:
        return self._looks.new_access(before, after, kind)


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


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
