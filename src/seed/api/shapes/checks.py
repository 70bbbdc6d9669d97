"""A build spec, and a service, looked at before they build."""

from __future__ import annotations

from pydantic import Field

from seed.api.shapes.base import Shape


class SpecText(Shape):
    text: str = Field(max_length=1_100_000)
    """A `seed.yml`, whole."""


class SpecProblem(Shape):
    line: int
    """0: of the file as a whole."""
    key: str
    sentence: str
    hint: str


class CompatibilityProblem(Shape):
    code: str
    sentence: str
    fix: str
    file: str
    line: int
    """0 where it has none."""


class Compatibility(Shape):
    """What a service needs before it builds. Nothing is edited."""

    service: str
    framework: str
    """The line that fits it."""
    because: str
    fits: bool
    problems: list[CompatibilityProblem]
    diff: str
    """The smallest edit, as a unified diff."""
