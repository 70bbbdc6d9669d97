"""Signing in, and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from seed.api.shapes.base import Shape


class Login(Shape):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)
    name: str = Field(default="cli", max_length=100)


class LinkLogin(Shape):
    key: str = Field(max_length=200)
    name: str = Field(default="cli", max_length=100)


class FirstAdministrator(Shape):
    key: str = Field(max_length=200)
    """Of the link that the server's first start prints."""
    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=100)
    password: str = Field(max_length=1000)


class NewToken(Shape):
    name: str = Field(max_length=100)
    scope: Literal["read", "deploy", "admin"] = "deploy"
    days: float | None = Field(default=90, gt=0, le=3660)


class Token(Shape):
    id: int
    name: str
    prefix: str
    scope: str
    created_at: datetime
    expires_at: datetime | None


class MadeToken(Token):
    token: str
    """The key. It is shown this once."""


class Me(Shape):
    name: str
    scope: str
