"""Apps, their services, stages and the accounts that stages deploy to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.db.base import Base, now
from seed.db.numbered import Numbered

DEVELOPMENT, STAGING, PRODUCTION = "development", "staging", "production"
BRANCH, PULL_REQUEST = "branch", "pull-request"
ORIGINS = (BRANCH, PULL_REQUEST)
"""What a stage may have come from by itself; "" where somebody made it."""
BY_HAND, REVIEW, FINDINGS, NEVER = "", "review", "findings", "never"
LEVELS = (BY_HAND, REVIEW, FINDINGS, NEVER)
"""How builds come into a stage downstream: promoted by a person; promoted by themselves and then reviewed always,
only where a finding is above routine, or never."""


class Account(Base):
    """How Seed reaches AWS: local, profile, keys or a role to assume; plus a region."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    region: Mapped[str]
    endpoint_url: Mapped[str] = mapped_column(default="")
    profile: Mapped[str] = mapped_column(default="")
    access_key_id: Mapped[str] = mapped_column(default="")
    sealed_secret: Mapped[bytes | None]
    role_arn: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str] = mapped_column(default="")
    aws_account: Mapped[str] = mapped_column(default="")
    """The 12 digits STS answered at the last check; a later answer must be the same."""
    checked_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")


class App(Numbered, Base):
    """One Git repository."""

    __tablename__ = "apps"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    repository: Mapped[str]
    """Its address, without a login."""
    sealed_login: Mapped[bytes | None]
    """`user:token`, where the address came with one."""
    branch: Mapped[str]
    poll_seconds: Mapped[int] = mapped_column(default=0)
    """0: not polled."""
    stages_at_once: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of its stages may work at a time; 0: as many as the server allows one app."""
    check_code_change: Mapped[str] = mapped_column(default="git", server_default="git")
    """How a build finds the services that changed: seed.builds.changed.WAYS."""
    unit_tests: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """A service's own tests run before it is packaged, where `seed.yml` says nothing else."""
    polled_at: Mapped[datetime | None]
    wait_for_checks: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """A commit is deployed by itself only after another CI's checks of it have succeeded."""
    required_checks: Mapped[str] = mapped_column(default="", server_default="")
    """Which checks, with commas between them; "": every one that is told."""
    sealed_webhook_secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)

    services: Mapped[list[Service]] = relationship(
        primaryjoin="and_(App.id == Service.app_id, Service.removed_at.is_(None))",
        order_by="Service.phase, Service.name",
        viewonly=True,
    )
    stages: Mapped[list[Stage]] = relationship(
        primaryjoin="and_(App.id == Stage.app_id, Stage.removed_at.is_(None))",
        order_by="Stage.position",
        viewonly=True,
    )


class Service(Numbered, Base):
    """One deployable of an app, at a path. Services of one phase are deployed at the same time."""

    __tablename__ = "services"
    __table_args__ = (sa.UniqueConstraint("app_id", "name"), sa.UniqueConstraint("app_id", "path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    path: Mapped[str]
    config: Mapped[str]
    framework: Mapped[str] = mapped_column(default="serverless")
    phase: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]
    """Taken away: it keeps its history, and is deployed no more."""


class Stage(Numbered, Base):
    """One environment. `branch` is empty where only promotions come in."""

    __tablename__ = "stages"
    __table_args__ = (
        sa.Index("ix_stages_name_once", "app_id", "name", unique=True, sqlite_where=sa.text("removed_at IS NULL")),
        sa.Index(
            "ix_stages_pull_request_once",
            "app_id",
            "pull_request",
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL AND pull_request > 0"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    name: Mapped[str]
    kind: Mapped[str]
    branch: Mapped[str] = mapped_column(default="")
    auto_deploy: Mapped[bool] = mapped_column(default=False)
    always_review: Mapped[bool] = mapped_column(default=False)
    """Also a promotion whose findings are all routine has to be read."""
    package_when_asked: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Staging and production: no code runs with its variables before somebody promotes it."""
    functions_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Development only: where nothing but code changed, functions are updated directly."""
    auto_promote: Mapped[str] = mapped_column(default="", server_default="")
    """Staging and production: how builds come in by themselves, one of LEVELS."""
    post_deploy: Mapped[str] = mapped_column(default="", server_default="")
    """Commands, one a line, that run once after all services were deployed."""
    removing: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Its resources are being taken away: nothing comes in any more."""
    origin: Mapped[str] = mapped_column(default="", server_default="")
    """One of ORIGINS: it was made by itself, and goes by itself."""
    pull_request: Mapped[int] = mapped_column(default=0, server_default="0")
    """Its number; what is built is the merge with its base."""
    closing: Mapped[str] = mapped_column(default="", server_default="")
    """Why it is removed as soon as nothing is at work in it."""
    made_at: Mapped[datetime | None] = mapped_column(default=now)
    kept_at: Mapped[datetime | None]
    """When somebody said last that it stays."""
    position: Mapped[int]
    next_number: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]
    """Taken away: it keeps the history of what was promoted from it, and nothing comes in any more."""

    app: Mapped[App] = relationship(viewonly=True)
    account: Mapped[Account] = relationship(viewonly=True)


class StageLock(Base):
    """Who may change a stage's stacks now. The queue keeps order; this row keeps everybody else out."""

    __tablename__ = "stage_locks"

    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    build_id: Mapped[int] = mapped_column(sa.ForeignKey("builds.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime] = mapped_column(default=now)


class Delivery(Base):
    """A webhook's delivery id, kept so that the same push is heard once."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.UniqueConstraint("app_id", "delivery"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    delivery: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
