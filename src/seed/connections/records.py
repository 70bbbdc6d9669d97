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
    """The forge's time."""
    heard_at: Mapped[datetime] = mapped_column(default=now)


class CommitCheck(Base):
    """What another CI said last of a commit, of each check by its name."""

    __tablename__ = "commit_checks"
    __table_args__ = (sa.UniqueConstraint("app_id", "commit", "source", "origin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    commit: Mapped[str]
    source: Mapped[str]
    """Its name, cut short where it is very long."""
    origin: Mapped[str] = mapped_column(default="", server_default="")
    outcome: Mapped[str]
    """pending | succeeded | failed."""
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    said_at: Mapped[datetime | None]
    """The forge's time and number: what is older says nothing new."""
    at: Mapped[datetime] = mapped_column(default=now)


class ForgeConnection(Base):
    """How an app's forge is spoken to. Without one, Seed only listens."""

    __tablename__ = "forge_connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"), unique=True)
    forge: Mapped[str]
    """github | gitlab | bitbucket."""
    api_url: Mapped[str] = mapped_column(default="")
    """"" is the forge's public one."""
    repository: Mapped[str]
    github_app: Mapped[str] = mapped_column(default="")
    """A GitHub App's id; then the secret is its private key. "": the secret is a token."""
    sealed_secret: Mapped[bytes]
    statuses: Mapped[bool] = mapped_column(default=True)
    deployments: Mapped[bool] = mapped_column(default=True)
    comments: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    told_until: Mapped[datetime] = mapped_column(default=now)
    """What ended before this has been put into the outbox."""
    paused_until: Mapped[datetime | None]
    """The forge's rate limit is used up until then."""
    problem: Mapped[str] = mapped_column(default="")


class ForgeMessage(Base):
    """The outbox: one row for each thing that the forge is told about, with its newest state."""

    __tablename__ = "forge_messages"
    __table_args__ = (
        sa.UniqueConstraint("app_id", "target"),
        sa.Index("ix_forge_messages_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(sa.ForeignKey("apps.id", ondelete="CASCADE"))
    target: Mapped[str]
    kind: Mapped[str]
    """seed.forges.messages.KINDS."""
    build_id: Mapped[int]
    """The build it speaks of; an older one does not speak any more."""
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    version: Mapped[int] = mapped_column(default=1)
    """Counted up with every change: what changed while it was sent is sent again."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting | sent | failed."""
    remote_id: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


class BuildPreview(Base):
    """What promoting a build would change in a stage downstream, computed once, as Markdown."""

    __tablename__ = "build_previews"
    __table_args__ = (sa.UniqueConstraint("build_id", "stage_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    build_id: Mapped[int] = mapped_column(sa.ForeignKey("builds.id", ondelete="CASCADE"))
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"))
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
