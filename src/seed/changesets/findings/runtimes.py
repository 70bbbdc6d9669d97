"""Until when Lambda supports each runtime, as the Lambda developer guide publishes it (rules/PROVENANCE.md).

AWS has put such days off before. What is to come is therefore told with its day and called no failure; what had come
when the table was read is.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "rules/runtimes.json"


class Runtime(NamedTuple):
    """None: that day is not known."""

    ends: date | None
    no_new: date | None
    """From when on Lambda refuses new functions on it."""
    no_updates: date | None
    """From when on it refuses to change those that there are."""


def _read() -> tuple[date, dict[str, Runtime]]:
    found = json.loads(FILE.read_text())
    days = {
        name: {key: date.fromisoformat(day) if day else None for key, day in told.items()}
        for name, told in found["runtimes"].items()
    }
    return date.fromisoformat(found["published"]), {name: Runtime(**told) for name, told in days.items()}


PUBLISHED, RUNTIMES = _read()
"""When the table was read: the day to judge by where nobody tells today's; and the table."""
ENDS = {name: one.ends for name, one in RUNTIMES.items() if one.ends}


def refused(day: date | None) -> bool:
    """It had come when the table was read."""
    return day is not None and day <= PUBLISHED


def in_words(day: date) -> str:
    """`30 April 2026`."""
    return f"{day.day} {day:%B %Y}"
