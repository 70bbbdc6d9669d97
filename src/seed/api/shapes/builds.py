"""Builds and their logs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from seed.api.shapes.base import Shape


class Step(Shape):
    name: str
    state: str
    first_line: int
    started_at: datetime
    ended_at: datetime | None


class DownstreamPackage(Shape):
    stage: str
    state: str
    digest: str
    failure: dict[str, Any] | None


class Attempt(BaseModel):
    """One that failed by chance and was tried again by itself."""

    number: int
    reason: str
    status: str = ""
    """How the stack ended."""
    ended_at: datetime
    again_at: datetime
    remove: bool = False
    """Whether the stack, never deployed well, was removed before the next."""


class ServiceBuild(Shape):
    service: str
    state: str
    reason: str
    failure: dict[str, Any] | None
    framework: str
    package_digest: str
    stack_name: str
    change_set_arn: str
    method: str
    changes: dict[str, Any] | None
    outputs: dict[str, Any] | None
    attempts: list[Attempt]
    started_at: datetime | None
    ended_at: datetime | None
    steps: list[Step]
    downstream: list[DownstreamPackage]


class Build(Shape):
    app: str
    stage: str
    number: int
    state: str
    trigger: str
    branch: str
    commit: str
    subject: str
    author: str
    asked_by: str
    promotion: int | None
    reason: str
    known: dict[str, str] | None
    """What is known of the error: slug, title, cause, fix, source, finding."""
    promoted_at: datetime | None
    partly_promoted: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class BuildDetail(Build):
    services: list[ServiceBuild]
    not_packaged: str
    """Why no package for the stages downstream is made beside it; empty where they are."""


class Deploy(Shape):
    commit: str = Field(default="", max_length=250)
    services: list[str] | None = Field(default=None, max_length=200)
    force: bool = False
    """Also the services in which nothing changed."""


class LogLine(Shape):
    number: int
    at: str
    step: str
    text: str
