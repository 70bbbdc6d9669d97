"""Services and their phases."""

from __future__ import annotations

from pydantic import Field

from seed.api.shapes.base import Shape


class Service(Shape):
    name: str
    path: str
    config: str
    framework: str
    phase: int


class FoundService(Shape):
    path: str
    config: str
    name: str
    known: str
    """The app's service at this path; "" where there is none."""


class ServicePath(Shape):
    path: str = Field(max_length=1000)


class Phases(Shape):
    phases: list[list[str]] = Field(max_length=200)
    """Names of services; those of one list are deployed at the same time."""


class Need(Shape):
    service: str
    needs: str
    because: str


class PhaseProposal(Shape):
    phases: list[list[str]]
    needs: list[Need]
    too_early: list[tuple[str, str]]
    """(service, what it needs) that the present arrangement does not keep."""
    problem: str
