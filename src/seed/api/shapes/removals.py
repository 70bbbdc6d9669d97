"""Removals: what would go, and what went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from seed.api.shapes.base import Shape
from seed.api.shapes.builds import Attempt


class ResourceToGo(Shape):
    id: str
    """Its logical id, after those of the nested stacks that it is in: `Storage/Files`."""
    type: str
    policy: str
    """Delete, Retain or Snapshot."""


class StackToGo(Shape):
    stage: str
    service: str
    stack_name: str
    left_to: str
    """Who else runs in this stack, so that it stays: `orders of shop in dev`; '' where it goes."""
    headline: str
    resources: list[ResourceToGo]
    stays: list[dict[str, Any]]
    """What its policies keep in the account, nested stacks included: id, type, physical_id, because."""
    findings: list[str]


class NewRemoval(Shape):
    stage: str = Field(default="", max_length=60)
    service: str = Field(default="", max_length=300)
    name: str = Field(max_length=300)
    """Of what goes, typed out: the stage's, the service's, or the app's."""
    empty_buckets: bool = False
    """Delete what is in buckets that are not empty."""
    keep: bool = False
    """Leave the stacks where they are: Seed forgets them."""
    skip_hooks: bool = False
    """Run neither `before_remove` nor `after_remove` of `seed.yml`."""


class RemovedStack(Shape):
    id: int
    stage: str
    service: str
    stack_name: str
    state: str
    reason: str
    leftovers: list[dict[str, Any]]
    """What stays in the account: id, type, physical_id, because."""
    attempts: list[Attempt] | None
    """Those that AWS throttled."""
    known: dict[str, str] | None
    """What is known of the error: slug, title, cause, fix, source, finding."""


class Removal(Shape):
    id: int
    app: str
    stage: str
    service: str
    keep: bool
    skip_hooks: bool
    state: str
    """removing, removed or failed."""
    reason: str
    asked_by: str
    created_at: datetime
    ended_at: datetime | None
    stacks: list[RemovedStack]
