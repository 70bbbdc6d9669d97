"""A removal that was asked for, and the stacks it takes away. It outlives what it removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.db.base import Base, now
from seed.known_errors import recognise


class Removal(Base):
    """Of a stage, of a service in every stage, or of the whole app: by which of the names are given."""

    __tablename__ = "removals"

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int | None] = mapped_column(sa.ForeignKey("apps.id", ondelete="SET NULL"), index=True)
    app: Mapped[str]
    stage: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    empty_buckets: Mapped[bool] = mapped_column(default=False)
    keep: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """The resources stay where they are; Seed forgets them."""
    skip_hooks: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Neither `before_remove` nor `after_remove` runs: a person asked for that."""
    state: Mapped[str] = mapped_column(default="removing")
    """removing | removed | failed."""
    reason: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    stacks: Mapped[list[RemovedStack]] = relationship(order_by="RemovedStack.id")

    @property
    def what(self) -> str:
        return self.stage or self.service or self.app


class RemovedStack(Base):
    """One stack of it. Those of a later phase go first."""

    __tablename__ = "removed_stacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    removal_id: Mapped[int] = mapped_column(sa.ForeignKey("removals.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    stage: Mapped[str]
    service: Mapped[str]
    phase: Mapped[int]
    stack_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting | deleting | gone | failed | kept."""
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON)
    """Those that AWS throttled and that were tried again: number, reason, ended_at, again_at."""
    leftovers: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    """What stays in the account: `id`, `type`, `physical_id`, `because`."""

    @property
    def known(self) -> dict[str, str] | None:
        """What is known of the error that it failed with."""
        found = recognise(self.reason) if self.state == "failed" else None
        return found.as_dict() if found else None
