"""Read the catalogue, and recognise a message."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("catalogue")
LONGEST = 4000
"""Of a message, its beginning is looked at."""


@dataclass(frozen=True, slots=True)
class KnownError:
    slug: str
    title: str
    pattern: re.Pattern[str]
    cause: str
    fix: str
    source: str
    finding: str
    """The rule of the review that tells of it before it happens; "" where it cannot."""
    examples: tuple[str, ...]

    def as_dict(self) -> dict[str, str]:
        """The shape that stands beside a failure."""
        return {
            "slug": self.slug,
            "title": self.title,
            "cause": self.cause,
            "fix": self.fix,
            "source": self.source,
            "finding": self.finding,
        }


@cache
def catalogue() -> tuple[KnownError, ...]:
    """In the order of their names."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def recognise(message: str) -> KnownError | None:
    """The one whose pattern fits earliest in the message: what is said first is what happened."""
    text = message[:LONGEST]
    found = [(match.start(), index) for index, one in enumerate(catalogue()) if (match := one.pattern.search(text))]
    return catalogue()[min(found)[1]] if found else None


def _read(path: Path) -> KnownError:
    raw = tomllib.loads(path.read_text())
    return KnownError(
        slug=path.stem,
        title=raw["title"],
        pattern=re.compile(raw["pattern"]),
        cause=raw["cause"],
        fix=raw["fix"],
        source=raw["source"],
        finding=raw.get("finding", ""),
        examples=tuple(raw["examples"]),
    )
