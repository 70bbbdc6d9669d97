"""Promotions, rollbacks and their reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from seed.api.shapes.base import Shape


class Promote(Shape):
    to: str = Field(default="", max_length=60)
    services: list[str] | None = Field(default=None, max_length=200)


class RollBack(Shape):
    to: int = Field(ge=1, le=2**31)
    services: list[str] | None = Field(default=None, max_length=200)


class Confirm(Shape):
    digest: str = Field(max_length=100)


class Reject(Shape):
    reason: str = Field(max_length=2000)


class ServicePlan(Shape):
    service: str
    state: str
    package_digest: str
    stack_name: str
    change_set_arn: str
    method: str
    baseline: dict[str, Any] | None
    changes: dict[str, Any] | None
    headline: str
    failure: dict[str, Any] | None
    repackaged: str = ""
    """Why the package was made again since the build: its variables changed."""
    deployed: str = ""
    """What became of it: its state in the target build. Empty before that is made."""


class CodeFile(Shape):
    path: str
    before: str | None
    """Empty where the file is new; null where it is no text, or too long."""
    after: str | None
    withheld: bool
    """A secret that Seed stores stands in it, and is not told."""


class Promotion(Shape):
    id: int
    app: str
    kind: str
    state: str
    source_stage: str
    source_build: int
    target_stage: str
    target_build: int | None
    replaces: int | None
    commit: str
    subject: str
    asked_by: str
    confirmed_by: str
    digest: str
    severity: str
    headline: str
    reason: str
    failure: dict[str, Any] | None
    created_at: datetime
    planned_at: datetime | None
    ended_at: datetime | None


class Commit(Shape):
    sha: str
    subject: str
    author: str
    at: datetime


class PromotionDetail(Promotion):
    services: list[ServicePlan]
    commits: list[Commit]
    compare_url: str
    needs_reading: bool
    """False: nothing was found, and only code and what is routine changes."""
    text: str
    """The whole review for a terminal."""
    markdown: str
