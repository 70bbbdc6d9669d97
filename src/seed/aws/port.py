"""The one gateway to AWS, as the rest of Seed sees it: one account, one region, our words.

`Cloud` is implemented by `boto.py` (real AWS and every endpoint that speaks its protocol, the embedded
local AWS included) and by `fake.py` (AWS's published behaviour that the local AWS lacks: pages, throttling,
OBSOLETE). Both pass the same interface tests. Every failure is a `seed.aws.errors` type.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from seed.aws.pace import Pace
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


class Cloud(Protocol):
    """One account in one region. Every method may raise a `seed.aws.errors` type; reads retry throttling."""

    region: str
    pace: Pace
    """How often what is followed in it is looked at; one for all of the account and region."""
    expired: bool
    """AWS has refused its credentials as expired: whoever connects again gets another gateway."""

    def identity(self) -> Identity: ...
    def environment(self) -> dict[str, str]:
        """Short-lived credentials, region and endpoint as AWS_* variables, for a build."""
        ...

    def stack(self, name: str) -> Stack | None: ...
    def template(self, stack_name: str) -> str | None:
        """The deployed template as it was sent (Original), or None when there is no such stack."""
        ...

    def resources(self, stack_name: str) -> list[StackResource]: ...
    def create_change_set(self, request: ChangeSetRequest) -> str:
        """Its ARN. Already there under that name: that one's ARN."""
        ...

    def change_set(self, stack_name: str, change_set: str) -> ChangeSetAnswer | None:
        """As it is now, by its name or its ARN; None when AWS no longer knows it."""
        ...

    def wait_change_set(self, stack_name: str, name: str) -> ChangeSetAnswer:
        """Until AWS has finished making it (also when that failed or it is empty)."""
        ...

    def validations(self, change_set_arn: str) -> tuple[Validation, ...]:
        """What CloudFormation found wrong when it made the change set. The local AWS validates nothing."""
        ...

    def execute_change_set(
        self, stack_name: str, change_set: str, token: str, *, disable_rollback: bool = False
    ) -> None:
        """Once: a second call with the same token is no error. A name says which one is there now; an ARN, which
        one was planned.
        """
        ...

    def delete_change_set(self, stack_name: str, name: str) -> None:
        """Gone already is success."""
        ...

    def change_sets(self, stack_name: str) -> tuple[str, ...]:
        """The names of those that the stack has, whoever made them; none where there is no stack."""
        ...

    def events(self, stack_name: str, after: str = "") -> list[StackEvent]:
        """Oldest first, those after event id `after`."""
        ...

    def stack_policy(self, stack_name: str) -> str:
        """Canonical JSON; "" when it has none."""
        ...

    def set_stack_policy(self, stack_name: str, policy: str) -> None: ...
    def delete_stack(self, name: str, token: str) -> None: ...
    def cancel_update(self, name: str, token: str) -> None:
        """An update that runs is rolled back. Nothing happens where none runs; a creation cannot be cancelled."""
        ...

    def empty_bucket(self, name: str) -> int:
        """Every object and every version of it goes; how many. A bucket that is not there is empty."""
        ...

    def holds_anything(self, bucket: str) -> bool | None:
        """An object, or an old version of one; None where the account may not look."""
        ...

    def assets_bucket(self) -> str:
        """Name of Seed's bucket (`seed-assets-<account>-<region>`); made if missing: encrypted, closed."""
        ...

    def has_asset(self, key: str) -> bool: ...
    def put_asset(self, key: str, path: Path) -> None: ...
    def read_asset(self, key: str, to: Path) -> None: ...
    def code_sha256(self, function_name: str) -> str | None:
        """Lambda's CodeSha256 of the deployed function, or None."""
        ...

    def layer_sha256(self, arn: str) -> str | None:
        """The CodeSha256 of a version of a layer; None where it is not there or may not be read."""
        ...

    def update_code(self, function_name: str, key: str) -> str:
        """New code from Seed's bucket, without CloudFormation; CodeSha256 once it is active. Twice is once."""
        ...

    def update_stack(self, request: ChangeSetRequest, token: str) -> str:
        """Without a change set: only for what the local AWS cannot put into one. The stack's id."""
        ...

    def held(self, resource_type: str, physical_id: str) -> Held | None:
        """How much is in it; None where its type does not tell, or it is not there."""
        ...

    def importers(self, export: str) -> tuple[str, ...]:
        """The stacks that import this export."""
        ...

    def taken(self, resource_type: str, name: str) -> bool | None:
        """Whether something of this type has this name already; None where its type does not tell."""
        ...

    def drift(self, stack_name: str, logical_id: str) -> Drift | None:
        """Whether somebody changed it outside of its stack; None where its type does not tell."""
        ...

    def referenced(self, kind: str, name: str) -> str:
        """The value of a parameter (`ssm`) or a secret (`secretsmanager`) of the account."""
        ...

    def is_secure(self, name: str) -> bool:
        """Whether a parameter of SSM is a SecureString."""
        ...

    def new_access(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Access:
        """CheckNoNewAccess on two policy documents; `kind` is identity or resource. Not every account allows it."""
        ...
