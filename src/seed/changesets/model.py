"""A change set: what a deployment will do to the resources of one stack, and what a reviewer must know.

Pure values. Scalars in `before`/`after` are JSON values; None with `has_* = False` means "not set".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

Action = Literal["Add", "Modify", "Remove", "Import", "Dynamic"]
Replacement = Literal["True", "False", "Conditional"]
Recreation = Literal["Always", "Conditionally", "Never"]
Source = Literal["aws", "seed", "both"]
MODULE = "::MODULE"
"""How a type ends that stands for resources of a module; only its registry knows which."""
CONDITION = "Condition"
"""The attribute by which a resource is there at all."""


class Severity(IntEnum):
    """Higher is worse; pages and texts sort by it, descending."""

    ROUTINE = 0
    NOTICE = 1
    WARNING = 2
    DANGER = 3


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One leaf that changes. `path` is a JSON pointer such as `/Properties/KeySchema/0/AttributeName`."""

    path: str
    attribute: str = "Properties"
    """Properties | Tags | Metadata | Condition | DeletionPolicy | UpdateReplacePolicy | CreationPolicy | …"""
    before: Any = None
    after: Any = None
    has_before: bool = True
    has_after: bool = True
    after_known: bool = True
    """False: only known after apply."""
    recreation: Recreation = "Never"
    evaluation: Literal["Static", "Dynamic"] = "Static"
    change_source: str = "DirectModification"
    causing_entity: str = ""
    secret: bool = False
    """True: before and after are withheld."""
    routine: str = ""
    """Why this one says nothing new (`same code, stored elsewhere`); '' when it does."""
    routine_kind: str = ""
    """Of which `reasons.Kind` that is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a risk or an inference. `rule` is stable: `data-replaced`, `access-public`, …"""

    rule: str
    severity: Severity
    sentence: str
    logical_id: str = ""
    evidence: str = ""
    hint: str = ""
    """What to do about it, where that can be said."""
    fails: bool = False
    """True: the deployment will fail of it."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a function's code: bytes before and after, None where it is not there."""

    path: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class CodeChange:
    """Which files of a function's code change, by content."""

    files: tuple[FileChange, ...] = ()
    more: int = 0
    """So many change beside those that are listed."""
    before: int = 0
    """Bytes of the whole archive."""
    after: int = 0
    old: str = ""
    """sha256 of the archives; '' where only layers change."""
    new: str = ""
    layers: tuple[str, ...] = ()
    """What comes, goes or changes of its layers: `~ Shared (3 files)`."""

    @property
    def number(self) -> int:
        return len(self.files) + self.more


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One row of the review."""

    logical_id: str
    resource_type: str
    action: Action
    replacement: Replacement = "False"
    physical_id: str = ""
    scope: tuple[str, ...] = ()
    policy_action: str = ""
    """Delete | Retain | Snapshot | ReplaceAndDelete | ReplaceAndRetain | ReplaceAndSnapshot | ''."""
    properties: tuple[PropertyChange, ...] = ()
    more: int = 0
    """So many properties change beside those that are listed."""
    severity: Severity = Severity.NOTICE
    routine: str = ""
    """Why a row is folded away as routine; '' when it is not."""
    routine_kind: str = ""
    """Of which `reasons.Kind` that is."""
    belongs_to: str = ""
    """The logical id of what developers see it as a part of; '' for a thing of its own."""
    name: str = ""
    """What developers call it, where only the whole template tells: `POST /orders`."""
    source: Source = "seed"
    inferred: bool = False
    """True: AWS would list it because a value might change; nothing was found that does."""
    held: str = ""
    """How much is in it, as the account counted: `1,204,331 items`; '' where nobody asked or it does not tell."""
    held_at: str = ""
    """When that was counted: ISO 8601, UTC."""
    held_lag: str = ""
    """How old the count may have been then: `up to 6 h old`; '' where it was fresh."""
    code: CodeChange | None = None
    """Of a function whose code changes, where both packages are stored."""
    nested: ChangeSet | None = None
    """What happens inside of a nested stack; None where that was not looked at."""
    change_set: str = ""
    """The ARN of CloudFormation's own change set for a nested stack, where it made one."""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    """The whole resource, evaluated and masked; None when it is not there, or was not kept."""

    @property
    def may_go(self) -> bool:
        """Nobody can decide the condition by which it stays."""
        return any(one.attribute == CONDITION and one.has_after for one in self.properties)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that a review shows for one service."""

    stack_name: str
    new_stack: bool
    resources: tuple[ResourceChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    outputs: tuple[PropertyChange, ...] = ()
    parameters: tuple[PropertyChange, ...] = ()
    tags: tuple[PropertyChange, ...] = field(default=())

    @property
    def empty(self) -> bool:
        return not (self.resources or self.outputs or self.parameters or self.tags)

    @property
    def severity(self) -> Severity:
        levels = [f.severity for f in self.findings] + [r.severity for r in self.resources]
        return max(levels, default=Severity.ROUTINE)


def also_inside(rows: Iterable[ResourceChange]) -> Iterator[ResourceChange]:
    """These rows, and those of the nested stacks among them, however deep."""
    for row in rows:
        yield row
        yield from also_inside(row.nested.resources if row.nested else ())


def row_at(rows: Iterable[ResourceChange], path: str) -> ResourceChange | None:
    """By its logical id; `Outer/Inner/Worker` in nested stacks."""
    name, _, within = path.partition("/")
    row = next((one for one in rows if one.logical_id == name), None)
    return row_at(row.nested.resources if row.nested else (), within) if row and within else row
