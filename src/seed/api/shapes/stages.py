"""Stages, and those that come by themselves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seed.api.shapes.base import Shape


class Stage(Shape):
    name: str
    kind: str
    branch: str
    auto_deploy: bool
    account: str
    region: str
    always_review: bool
    package_when_asked: bool
    functions_only: bool
    auto_promote: str
    """Staging and production: "" by hand, else what is reviewed of promotions that come by themselves."""
    post_deploy: list[str]
    """Commands that run once after all services were deployed."""
    origin: str
    """branch or pull-request: it came by itself, and goes by itself. "" : somebody made it."""
    pull_request: int
    """Its number, or 0."""
    closing: str
    """Why it is removed as soon as nothing is at work in it; "" while it stays."""


class AutomaticStages(Shape):
    origin: Literal["branch", "pull-request"]
    on: bool
    copy_from: str
    """Whose account, variables, notifications and post-deploy commands a new stage gets."""
    only: str
    """Patterns of branches with commas between them; "" is every branch."""
    most: int
    """How many there may be at a time."""
    there: int
    """How many there are."""
    waiting: list[str]
    """Branches, or numbers of pull requests, that get one when one of them goes."""
    remove: bool
    """With its AWS resources, once the branch is deleted or the pull request closed."""
    empty_buckets: bool
    idle_days: int
    """Removed after so many days without a build; 0 never."""
    forks: bool
    previews: bool
    """Packaged for the stages downstream before anybody promotes it, with their variables and credentials."""


class ChangeAutomaticStages(Shape):
    """What is left out stays as it is."""

    on: bool | None = None
    copy_from: str | None = Field(default=None, max_length=100)
    only: str | None = Field(default=None, max_length=1000)
    most: int | None = None
    remove: bool | None = None
    empty_buckets: bool | None = None
    idle_days: int | None = None
    forks: bool | None = None
    previews: bool | None = None


class NewStage(Shape):
    name: str = Field(default="", max_length=60)
    """"" makes one of the branch."""
    kind: Literal["development", "staging", "production"] = "development"
    branch: str = Field(default="", max_length=250)
    """Of a development stage."""
    account: str = Field(default="", max_length=60)


class ChangeStage(Shape):
    """What is named is changed, in this order."""

    name: str = Field(default="", max_length=60)
    """Before the first build."""
    account: str = Field(default="", max_length=60)
    """Before the first deployment."""
    kind: Literal["", "development", "staging", "production"] = ""
    auto_deploy: bool | None = None
    """Development stages: a push to the branch deploys."""
    auto_promote: Literal["", "by-hand", "review", "findings", "never"] = ""
    """Staging and production: working builds come in by themselves, and what of it is reviewed."""
    always_review: bool | None = None
    """Also promotions whose findings are all routine have to be read."""
    package_when_asked: bool | None = None
    """Staging and production: packages for it are made when somebody promotes, not beside the builds before it."""
    functions_only: bool | None = None
    """Development stages: where nothing but code changed, functions are updated directly."""
    post_deploy: list[str] | None = Field(default=None, max_length=100)
    """Commands that run once after all services were deployed; an empty list: none."""


class StageSource(Shape):
    branch: str = Field(max_length=250)


class StageOrder(Shape):
    names: list[str] = Field(max_length=500)
    """Every stage of the app, as they shall stand."""
