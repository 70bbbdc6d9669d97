"""Apps, and what is shown of them as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from seed.api.shapes.base import Shape
from seed.api.shapes.services import Service
from seed.api.shapes.stages import Stage


class CodeChange(Shape):
    check_code_change: Literal["git", "lerna", "pnpm", "npm", "yarn", "nx", "off"]


class UnitTests(Shape):
    on: bool


class App(Shape):
    slug: str
    name: str
    repository: str
    branch: str
    poll_seconds: int
    stages_at_once: int
    """How many of its stages may work at a time; 0 is as many as the server allows one app."""
    check_code_change: str
    """How a build finds the services that changed."""
    unit_tests: bool
    """A service's own tests have to succeed before it is packaged."""
    services: list[Service]
    stages: list[Stage]


class NewApp(Shape):
    repository: str = Field(max_length=1000)
    name: str = Field(default="", max_length=100)
    branch: str = Field(default="", max_length=250)
    account: str = Field(default="", max_length=60)
    production_account: str = Field(default="", max_length=60)
    poll_seconds: int = Field(default=0, ge=0, le=86_400)


class ChangeApp(Shape):
    """What is not given stays."""

    poll_seconds: int | None = Field(default=None, ge=0, le=86_400)
    """Look for new commits this often; 0 is never."""
    repository: str | None = Field(default=None, max_length=1000)
    """Its address, with the login in it, if it takes one."""
    stages_at_once: int | None = Field(default=None, ge=0, le=64)
    """So many of its stages work at a time; 0 is as many as the server allows one app."""


class Webhook(Shape):
    url: str
    secret: str


class PipelineCell(Shape):
    build: int
    commit: str
    subject: str
    author: str
    state: str
    reason: str
    at: datetime


class PipelineColumn(Shape):
    name: str
    kind: str
    branch: str
    pull_request: int
    """0 where it was made for none."""
    latest: int | None
    latest_state: str
    working: int | None
    working_promoted: bool
    downstream: list[str]


class PipelineRow(Shape):
    name: str
    path: str
    phase: int
    cells: dict[str, PipelineCell]


class Pipeline(Shape):
    columns: list[PipelineColumn]
    rows: list[PipelineRow]


class Activity(Shape):
    at: datetime
    actor: str
    action: str
    subject: str
    how: str
    """The details in a few words."""
    details: dict[str, Any]
