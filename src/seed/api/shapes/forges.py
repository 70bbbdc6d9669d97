"""What forges tell, and what is told to them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from seed.api.shapes.base import Shape


class HeardWebhook(Shape):
    """What was kept of a forge's webhook: the kinds of its events. They are worked afterwards."""

    name: str
    events: list[str]
    repeated: bool


class ForgeEvent(Shape):
    id: int
    forge: str
    delivery: str
    kind: str
    subject: str
    state: str
    outcome: str
    attempts: int
    at: datetime
    ended_at: datetime | None


class NewForge(Shape):
    forge: Literal["github", "gitlab", "bitbucket"]
    repository: str = Field(default="", max_length=300)
    api_url: str = Field(default="", max_length=500)
    github_app: str = Field(default="", max_length=40)
    secret: str = Field(default="", max_length=20_000, repr=False)
    statuses: bool = True
    deployments: bool = True
    comments: bool = True


class Forge(Shape):
    forge: str
    repository: str
    api_url: str
    github_app: str
    statuses: bool
    deployments: bool
    comments: bool
    created_at: datetime
    paused_until: datetime | None
    problem: str
    backlog: ForgeBacklog


class ForgeBacklog(Shape):
    """While the forge does not answer: how many messages wait for it, what it said last, when it is asked again."""

    waiting: int
    problem: str
    next_at: datetime | None


class ForgeCheck(Shape):
    """The repository's name as the forge writes it, or what is wrong."""

    repository: str
    problem: str


class ForgeMessage(Shape):
    target: str
    kind: str
    state: str
    attempts: int
    problem: str
    changed_at: datetime
    due_at: datetime
    sent_at: datetime | None


class Checks(Shape):
    """Deploy a commit only after its checks have succeeded. No names: every check that is told must succeed."""

    wait: bool
    names: str = Field(default="", max_length=1000)


class HeldBack(Shape):
    """The head of a branch that a stage follows, held back by its checks."""

    stage: str
    commit: str
    subject: str
    failed: bool
    """False: its checks are waited for."""
    checks: dict[str, str]
    """Those that hold it: pending, failed, or missing where a named one was not told of."""
    why: str


class ChecksNow(Checks):
    held_back: list[HeldBack]


class Heard(Shape):
    """The numbers of the builds that a push began."""

    builds: list[int]
