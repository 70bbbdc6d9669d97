"""How a benchmark speaks, and how it takes the time."""

from __future__ import annotations

import time
from collections.abc import Callable


def say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201, the figures


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    began = time.monotonic()
    work()
    return time.monotonic() - began
