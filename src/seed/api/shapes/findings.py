"""Findings, and what people said of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from seed.api.shapes.base import Shape


class Accept(Shape):
    reason: str = Field(max_length=2000)
    days: float = Field(default=30, gt=0, le=366)


class Wrong(Shape):
    reason: str = Field(max_length=2000)


class Verdict(Shape):
    """What a person said of one finding of an app: accepted until a time, or wrong."""

    id: int
    kind: str
    service: str
    rule: str
    logical_id: str
    sentence: str
    reason: str
    promotion_id: int | None
    person: str
    at: datetime
    until: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str


class SaidFinding(Shape):
    """A finding of a promotion under its key, and what a person said of it."""

    key: str
    service: str
    rule: str
    severity: str
    logical_id: str
    sentence: str
    evidence: str
    hint: str
    verdict: Verdict | None
