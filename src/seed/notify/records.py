"""Notifications of stages, the outbox they go through, the mail server, and badges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from seed.apps.records import Stage
from seed.db.base import Base, now


class Notification(Base):
    """Where one stage's events go to."""

    __tablename__ = "stage_notifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """slack | email | webhook."""
    events: Mapped[str]
    """Of seed.notify.facts.EVENTS, with commas between them."""
    target: Mapped[str]
    """As it is shown: the addresses of an e-mail; of an URL, which is a secret, its host."""
    channel: Mapped[str] = mapped_column(default="")
    """Slack's, where it is not the webhook's own."""
    sealed_url: Mapped[bytes | None]
    sealed_key: Mapped[bytes | None]
    """What a webhook's body is signed with."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    told_until: Mapped[datetime] = mapped_column(default=now)
    """What happened before this has been put into the outbox."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, without a success between them."""
    paused_until: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

    stage: Mapped[Stage] = relationship(viewonly=True)


class NotificationDelivery(Base):
    """The outbox and its log: one row for each event and notification."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("notification_id", "key"),
        sa.Index("ix_notification_deliveries_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notification_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_notifications.id", ondelete="CASCADE"))
    key: Mapped[str]
    """What happened, so that it is told once: `build 12 started`."""
    uid: Mapped[str]
    """Goes along: whoever gets it twice after a crash can see that."""
    event: Mapped[str]
    fact: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting | sent | failed | dropped: it was not true any more when it could be sent."""
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(default="")
    """What the other side said last, or why it was not reached."""
    at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]

    notification: Mapped[Notification] = relationship(viewonly=True)


class MailServer(Base):
    """How e-mail is sent. There is one row, or none."""

    __tablename__ = "mail_servers"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[str]
    """starttls | tls | none."""
    username: Mapped[str] = mapped_column(default="")
    sealed_password: Mapped[bytes | None]
    sender: Mapped[str]


class StageBadge(Base):
    """A stage whose state anybody may see who knows this key."""

    __tablename__ = "stage_badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stages.id", ondelete="CASCADE"), unique=True)
    key: Mapped[str] = mapped_column(unique=True)
