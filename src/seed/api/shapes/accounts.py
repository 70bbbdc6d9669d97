"""AWS accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from seed.api.shapes.base import Shape


class NewAccount(Shape):
    name: str = Field(max_length=60)
    kind: Literal["local", "profile", "keys", "role"]
    region: str = Field(default="us-east-1", max_length=30)
    endpoint_url: str = Field(default="", max_length=300)
    profile: str = Field(default="", max_length=200)
    access_key_id: str = Field(default="", max_length=200)
    secret_access_key: str = Field(default="", max_length=500)
    role_arn: str = Field(default="", max_length=300)
    external_id: str = Field(default="", max_length=300)


class Account(Shape):
    name: str
    kind: str
    region: str
    endpoint_url: str
    profile: str
    access_key_id: str
    role_arn: str
    aws_account: str
    checked_at: datetime | None
    problem: str


class AccountCheck(Shape):
    account: str
    arn: str
    region: str
    missing: list[str]
    problem: str
