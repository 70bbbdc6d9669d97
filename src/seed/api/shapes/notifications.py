"""Notifications, badges and the mail server."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from seed.api.shapes.base import Shape


class NewNotification(Shape):
    """No events: all of them. `url` of Slack or a webhook; `recipients` of e-mail, with commas between them."""

    kind: Literal["slack", "email", "webhook"]
    events: list[str] = Field(default=[], max_length=20)
    url: str = Field(default="", max_length=2000, repr=False)
    key: str | None = Field(default=None, max_length=1000, repr=False)
    """A webhook is signed with it."""
    channel: str = Field(default="", max_length=100)
    recipients: str = Field(default="", max_length=10_000)


class ChangeNotification(Shape):
    """What is missing stays. A key "" is taken away."""

    events: list[str] = Field(default=[], max_length=20)
    url: str = Field(default="", max_length=2000, repr=False)
    key: str | None = Field(default=None, max_length=1000, repr=False)
    channel: str = Field(default="", max_length=100)
    recipients: str = Field(default="", max_length=10_000)


class Notification(Shape):
    """`target` is the host, or the recipients; the address itself is a secret."""

    id: int
    kind: str
    events: list[str]
    target: str
    channel: str
    signed: bool
    problem: str
    paused_until: datetime | None


class NotificationDelivery(Shape):
    """`state` is waiting, sent, failed, or dropped: not true any more when it could be sent."""

    id: int
    notification: int
    kind: str
    target: str
    event: str
    title: str
    state: str
    attempts: int
    answer: str
    at: datetime
    due_at: datetime
    sent_at: datetime | None


class Badge(Shape):
    """`url` is "" where the stage has no badge."""

    url: str


class SetBadge(Shape):
    on: bool


class NewMailServer(Shape):
    """An empty password keeps the one that is there, while the server and the user stay the same."""

    host: str = Field(max_length=253)
    sender: str = Field(max_length=254)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = Field(default="", max_length=1000)
    password: str = Field(default="", max_length=1000, repr=False)


class MailServer(Shape):
    host: str
    sender: str
    port: int
    security: str
    username: str
