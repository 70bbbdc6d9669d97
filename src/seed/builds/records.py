"""Builds: one run for one stage, and what it does for each service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.apps.records import Service, Stage
from seed.db.base import Base, now
from seed.db.numbered import Numbered
from seed.known_errors import recognise


class Build(Numbered, Base):
    """One run for one stage. On a downstream stage it is made by a confirmed promotion."""

    __tablename__ = "builds"
    __table_args__ = (
        sa.UniqueConstraint("stage_id", "number"),
        sa.Index("ix_builds_stage_state", "stage_id", "state", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    trigger: Mapped[str]
    """push | poll | checks | pull-request | source | manual | promotion | rollback."""
    branch: Mapped[str] = mapped_column(default="")
    commit: Mapped[str]
    head_commit: Mapped[str] = mapped_column(default="", server_default="")
    """Of a pull request: the one that its forge knows; `commit` is its merge with the base."""
    subject: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    committed_at: Mapped[datetime | None]
    asked_by: Mapped[str]
    promotion_id: Mapped[int | None]
    """The promotion that this build carries out, when it does."""
    reason: Mapped[str] = mapped_column(default="")
    forced: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Every service is deployed, also where nothing changed."""
    ends_by: Mapped[datetime | None]
    """When it is stopped, if it is at work still."""
    overdue: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """It was stopped for that: it ends as failed, not as cancelled."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    cancel_update: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Also what CloudFormation is updating goes back."""
    promoted_at: Mapped[datetime | None]
    """When all that runs of this build was carried to a downstream stage last."""
    partly_promoted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Some of its services were, and never yet all of them."""
    not_packaged: Mapped[str] = mapped_column(default="", server_default="")
    """Why no package for the stages downstream is made beside it; "" where they are, or nothing is downstream."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    stage: Mapped[Stage] = relationship(viewonly=True)
    services: Mapped[list[ServiceBuild]] = relationship(order_by="ServiceBuild.id", viewonly=True)

    @property
    def known(self) -> dict[str, str] | None:
        """What is known of the error for which it failed as a whole: after its services were deployed, say."""
        found = recognise(self.reason) if self.state == "failed" else None
        return found.as_dict() if found else None


class ServiceBuild(Numbered, Base):
    """One service within a build: packaged, planned, executed."""

    __tablename__ = "service_builds"
    __table_args__ = (
        sa.UniqueConstraint("build_id", "service_id"),
        sa.Index("ix_service_builds_cell", "stage_id", "service_id", "id"),
        sa.Index("ix_service_builds_stack", "stack_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    build_id: Mapped[int] = mapped_column(sa.ForeignKey("builds.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id", ondelete="CASCADE"))
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"))
    """The build's, repeated so that a cell of the pipeline is one look into an index."""
    path: Mapped[str | None]
    """Where the service was when the build was asked for."""
    phase: Mapped[int] = mapped_column(default=1, server_default="1")
    """As it was arranged then."""
    state: Mapped[str] = mapped_column(default="waiting")
    reason: Mapped[str] = mapped_column(default="")
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    package_digest: Mapped[str] = mapped_column(default="")
    framework: Mapped[str] = mapped_column(default="")
    stack_name: Mapped[str] = mapped_column(default="")
    stack_id: Mapped[str] = mapped_column(default="")
    change_set_name: Mapped[str] = mapped_column(default="")
    change_set_arn: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="change-set")
    """change-set | preview, until its real change set is made | code: functions were updated directly | update-stack,
    for what the local AWS cannot put into a change set | plugins | settings: the stack stays, plugins run, its policy
    is set."""
    code_ahead: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Functions run code that CloudFormation does not know of."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """seed.changesets.to_json."""
    outputs: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    variables: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """With which variables it was packaged: name → id and version, never a value."""
    attempts: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON)
    """Those that failed and were tried again: number, status, reason, ended_at, again_at, remove, change_set_arn."""
    last_event: Mapped[str] = mapped_column(default="")
    """Id of the last stack event before execution: where following starts."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    service: Mapped[Service] = relationship(viewonly=True)
    build: Mapped[Build] = relationship(viewonly=True)
    steps: Mapped[list[Step]] = relationship(order_by="Step.id", viewonly=True)
    downstream: Mapped[list[DownstreamPackage]] = relationship(viewonly=True)

    @property
    def begun(self) -> bool:
        """Its change set is executed, or was, or will be by whoever goes on with it."""
        return bool(self.last_event or self.attempts)


class Step(Base):
    """A named part of a service build's log, with its time."""

    __tablename__ = "steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_build_id: Mapped[int] = mapped_column(sa.ForeignKey("service_builds.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")
    first_line: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class DownstreamPackage(Numbered, Base):
    """The package of this commit for a downstream stage, made beside the build; its failure fails nothing."""

    __tablename__ = "downstream_packages"
    __table_args__ = (sa.UniqueConstraint("service_build_id", "stage_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_build_id: Mapped[int] = mapped_column(sa.ForeignKey("service_builds.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="making")
    """making | ready | failed; missing while a promotion makes what no build had ordered."""
    digest: Mapped[str] = mapped_column(default="")
    variables: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """As of a service build."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was made anew."""
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    ended_at: Mapped[datetime | None]
