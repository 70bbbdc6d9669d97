"""Wait for something to become true: by looking again, with a limit, never by a fixed sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 90.0


def eventually(
    look: Callable[[], T],
    what: str = "it",
    seconds: float = PATIENCE,
    pause: Callable[[float], object] = time.sleep,
) -> T:
    """The first true answer of `look`. A `pause` ends early where something is heard of it."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:g} seconds")
        pause(0.05)
