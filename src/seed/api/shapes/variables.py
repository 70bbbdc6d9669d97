"""Variables."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from seed.api.shapes.base import Shape


class VariableVersion(Shape):
    version: int
    kind: str
    person: str
    at: datetime


class Variable(Shape):
    """`value` is null where it is secret, or not yours to see. No stage: all of them; no service: all of them."""

    name: str
    kind: str
    stage: str
    service: str
    version: int
    person: str
    at: datetime
    value: str | None
    history: list[VariableVersion]


class SetVariable(Shape):
    """`kind` is plain, secret, ssm or secretsmanager; "" keeps what it is."""

    value: str = Field(max_length=20_000)
    kind: str = ""
    stage: str = ""
    service: str = ""


class EnvFile(Shape):
    text: str = Field(max_length=500_000)
    kind: str = ""
    stage: str = ""
    service: str = ""


class EnvText(Shape):
    text: str
