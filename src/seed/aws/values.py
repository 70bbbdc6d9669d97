"""What the gateway to AWS takes and answers: frozen values in our words, of one account and region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

AccountKind = Literal["local", "profile", "keys", "role"]


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How Seed reaches AWS for a stage. `secret_access_key` never leaves memory."""

    kind: AccountKind
    region: str = "us-east-1"
    endpoint_url: str = ""
    profile: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    role_arn: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    account: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class Stack:
    """`describe_stacks`, one of them. A REVIEW_IN_PROGRESS stack exists here too: see `is_new`."""

    name: str
    stack_id: str
    status: str
    reason: str
    last_updated: datetime | None
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    outputs: Mapping[str, str]
    termination_protection: bool = False
    exports: tuple[str, ...] = ()
    """Names under which its outputs are there for other stacks."""
    rollback: str = ""
    """Its RollbackConfiguration as canonical JSON; "" when it has none."""

    @property
    def is_new(self) -> bool:
        return self.status == "REVIEW_IN_PROGRESS"

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and not self.is_new


@dataclass(frozen=True, slots=True)
class StackResource:
    logical_id: str
    physical_id: str
    resource_type: str
    status: str


@dataclass(frozen=True, slots=True)
class ChangeSetRequest:
    """`name` is fixed by us, so that asking twice is the same as asking once."""

    stack_name: str
    name: str
    kind: Literal["CREATE", "UPDATE"]
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: Sequence[str]
    role_arn: str = ""
    """The role that CloudFormation itself works with; "" is the caller's."""
    notification_arns: Sequence[str] = ()
    rollback: str = ""
    """RollbackConfiguration, as JSON; "" leaves the stack's own."""
    description: str = "Made by Seed"
    """Says of what: one that is there under the name and says another is not what is asked for."""
    previous: Sequence[str] = ()
    """Parameters that keep the value which the stack has."""
    nested: bool = False
    """Also change sets for what is inside of its nested stacks."""


@dataclass(frozen=True, slots=True)
class ChangeSetAnswer:
    """What AWS says of a change set, every page read, plain and with property values."""

    arn: str
    stack_id: str
    name: str
    status: str
    execution_status: str
    reason: str
    """Why it failed; of one that was made, what it warns of."""
    changes: tuple[Mapping[str, Any], ...] = ()
    """`Changes[]` of DescribeChangeSet without property values."""
    valued_changes: tuple[Mapping[str, Any], ...] = ()
    """The same with IncludePropertyValues."""
    nested: Mapping[str, ChangeSetAnswer] = field(default_factory=dict)
    """What it says of the inside of nested stacks, by logical id, where that was asked for."""
    with_nested: bool = False
    description: str = ""

    def answers(self, request: ChangeSetRequest) -> bool:
        """Whether it is what is asked for, made by an earlier run: not of another package, nor on older ground."""
        another = bool(self.description) and self.description != request.description
        return self.status.startswith("CREATE_") and self.execution_status != "OBSOLETE" and not another

    @property
    def empty(self) -> bool:
        """AWS refused to make it because nothing would change."""
        said = self.reason.lower()
        empty = "didn't contain changes" in said or "no updates are to be" in said
        return self.status == "FAILED" and empty


@dataclass(frozen=True, slots=True)
class StackEvent:
    event_id: str
    at: datetime
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a resource, as far as its service counts that."""

    number: int
    unit: str
    """item | object | old version (of a bucket without objects) | message | user | byte."""
    size: int = 0
    """Bytes, where they are known beside the number."""
    exact: bool = False
    """False: the service itself calls it approximate, or counts only now and then."""
    at_least: bool = False
    at: datetime | None = None
    """When it was counted, where the service says so; None: when it was asked."""
    lag: str = ""
    """How old the count may be, where the service counts only now and then: `up to 6 h old`."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A property that is not what the stack made it."""

    path: str
    """Below `Properties`: `/RedrivePolicy/maxReceiveCount`."""
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How a resource differs from what its stack made; of what its template sets, only that is looked at."""

    gone: bool = False
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """IAM Access Analyzer's word on whether a changed policy allows what the one before did not."""

    new: bool
    message: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validation:
    """What CloudFormation's own validation, or a hook of the account, holds against a change set before anything is
    touched.
    """

    name: str
    """Of the check (NAME_CONFLICT_VALIDATION), or the type of the hook."""
    logical_id: str
    resource_type: str
    reason: str
    path: str = ""
    """In the template."""
    fails: bool = False
    """False: it only warns, and the change set can be executed."""
