"""Promotions: a working build on its way to a downstream stage, and who agreed to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.apps.records import App, Service, Stage
from seed.builds.records import Build, ServiceBuild
from seed.db.base import Base, now
from seed.db.numbered import Numbered


class Promotion(Numbered, Base):
    """plan → review → confirm → deploy. A rollback starts from an earlier build of its own stage."""

    __tablename__ = "promotions"

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(default="promotion")
    """promotion | rollback."""
    state: Mapped[str] = mapped_column(default="planning")
    source_build_id: Mapped[int] = mapped_column(sa.ForeignKey("builds.id", ondelete="CASCADE"))
    target_stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"), index=True)
    target_build_id: Mapped[int | None] = mapped_column(sa.ForeignKey("builds.id", ondelete="SET NULL"))
    replaces_id: Mapped[int | None]
    """The promotion that moved and was planned again as this one, or whose rest this one carries."""
    digest: Mapped[str] = mapped_column(default="")
    """Over everything the review shows; a confirmation names it."""
    reason: Mapped[str] = mapped_column(default="")
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    asked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    planned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    app: Mapped[App] = relationship(viewonly=True)
    source_build: Mapped[Build] = relationship(foreign_keys=[source_build_id], viewonly=True)
    target_build: Mapped[Build | None] = relationship(foreign_keys=[target_build_id], viewonly=True)
    target_stage: Mapped[Stage] = relationship(viewonly=True)
    plans: Mapped[list[ServicePlan]] = relationship(order_by="ServicePlan.id", viewonly=True)
    confirmation: Mapped[Confirmation | None] = relationship(viewonly=True)


class ServicePlan(Numbered, Base):
    """What a promotion will do to one service's stack, and on what ground it was computed."""

    __tablename__ = "service_plans"
    __table_args__ = (sa.UniqueConstraint("promotion_id", "service_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(sa.ForeignKey("promotions.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id", ondelete="CASCADE"))
    source_service_build_id: Mapped[int] = mapped_column(sa.ForeignKey("service_builds.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="planning")
    """planning | ready | unchanged | failed."""
    package_digest: Mapped[str] = mapped_column(default="")
    stack_name: Mapped[str] = mapped_column(default="")
    stack_id: Mapped[str] = mapped_column(default="")
    change_set_name: Mapped[str] = mapped_column(default="")
    change_set_arn: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="change-set")
    baseline: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """What the stack was when the plan was made: last update, status, template digest, parameters."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)

    promotion: Mapped[Promotion] = relationship(viewonly=True)
    service: Mapped[Service] = relationship(viewonly=True)
    source: Mapped[ServiceBuild] = relationship(viewonly=True)


class Verdict(Base):
    """What a person said of one finding of an app, and why: accepted for a while, or wrong.

    `key` is made of everything that the finding says: where it says something else, it is another finding.
    """

    __tablename__ = "verdicts"

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """accepted | wrong."""
    key: Mapped[str]
    service: Mapped[str]
    rule: Mapped[str]
    logical_id: Mapped[str]
    sentence: Mapped[str]
    reason: Mapped[str]
    promotion_id: Mapped[int | None]
    """Where it was said."""
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]
    """Of accepted ones always; one that is wrong stays marked until that is withdrawn."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(default="")


class Confirmation(Base):
    """Who agreed to which digest, when. One for a promotion, ever."""

    __tablename__ = "confirmations"

    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(sa.ForeignKey("promotions.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """None: Seed itself, where the stage lets promotions through that nobody has to read."""
    person: Mapped[str]
    digest: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
