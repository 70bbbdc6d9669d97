"""What goes into a compatibility report, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package.json on the way from the service's folder up to the root."""

    file: str
    text: str
    data: Mapping[str, Any]

    @property
    def wanted(self) -> dict[str, str]:
        """Every dependency, with its range."""
        kinds = (self.data.get(kind) for kind in ("dependencies", "devDependencies", "optionalDependencies"))
        return {str(name): str(what) for kind in kinds if isinstance(kind, dict) for name, what in kind.items()}


@dataclass(frozen=True, slots=True)
class Sources:
    """One service as its repository has it."""

    service: str
    file: str
    """The configuration, from the root of the repository."""
    text: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """Parsed; empty where it is code (`.js`, `.ts`)."""
    manifests: tuple[Manifest, ...] = ()
    """Nearest first."""
    locked: frozenset[str] | None = None
    """The packages of the lock files; None where there is none."""
    environment: frozenset[str] = frozenset()
    """Names that a build's environment has."""


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    sentence: str
    fix: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `line` … of a file (from 1; 0: before the first) give way to others: as few as it takes."""

    file: str
    line: int
    drop: int
    add: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    problems: tuple[Problem, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The framework that packages it. `major` decides what it takes."""

    label: str
    because: str
    major: int
    own: bool


@dataclass(frozen=True, slots=True)
class Report:
    service: str
    framework: str
    because: str
    problems: tuple[Problem, ...]
    diff: str
    """The smallest edit that takes the problems away which an edit can; "" where there is none."""

    @property
    def fits(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "fits": self.fits}
