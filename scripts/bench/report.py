"""How a benchmark speaks, and how it takes the time."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.support.seeds import Seed

from seed.builds.records import Step


def say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201, the figures


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def lasted(step: Step) -> float:
    """Of one that has ended."""
    assert step.ended_at is not None  # noqa: S101, asked of those only
    return (step.ended_at - step.started_at).total_seconds()


def local_aws(seed: Seed) -> str:
    """Where the server's own one listens."""
    assert seed.server.local is not None  # noqa: S101, a benchmark starts one
    return seed.server.local.endpoint
