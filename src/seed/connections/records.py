"""What forges told, kept until it is worked and for a while afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from seed.db.base import Base, now


class HeardEvent(Base):
    """An event of a webhook: stored within its request, worked afterwards."""

    __tablename__ = "heard_events"
    __table_args__ = (
        sa.Index("ix_heard_events_due", "state", "due_at"),
        sa.Index("ix_heard_events_subject", "app_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    forge: Mapped[str]
    delivery: Mapped[str]
    kind: Mapped[str]
    """seed.forges.events.KINDS."""
    subject: Mapped[str]
    """What it is about; of one subject, the older event is worked first."""
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting | done | failed."""
    outcome: Mapped[str] = mapped_column(default="")
    """What came of it, in a sentence."""
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class KnownPullRequest(Base):
    """A pull request as it was told last."""

    __tablename__ = "pull_requests"
    __table_args__ = (sa.UniqueConstraint("app_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str]
    """open | closed."""
    head_branch: Mapped[str]
    head_commit: Mapped[str]
    base_branch: Mapped[str]
    title: Mapped[str]
    author: Mapped[str]
    from_fork: Mapped[bool]
    at: Mapped[datetime | None]


class CommitCheck(Base):
    """What another CI said last of a commit."""

    __tablename__ = "commit_checks"
    __table_args__ = (sa.UniqueConstraint("app_id", "commit", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    commit: Mapped[str]
    source: Mapped[str]
    outcome: Mapped[str]
    """succeeded | failed."""
    at: Mapped[datetime] = mapped_column(default=now)
