"""What the relay writes into a command's output about a place that is closed, and how it is known again there."""

from __future__ import annotations

import re
from collections.abc import Callable

CLOSED = "is closed to builds"
NOTE = re.compile(rf"\[\S+ {CLOSED}: [^]]+\]")


def is_note(line: str) -> bool:
    return NOTE.fullmatch(line) is not None


def each_note_once(say: Callable[[str], None]) -> Callable[[str], None]:
    """For commands of one build that try the same place."""
    said: set[str] = set()

    def passing(line: str) -> None:
        if is_note(line):
            if line in said:
                return
            said.add(line)
        say(line)

    return passing
