"""How often AWS is looked at: one pace for everything that is followed in one account and region.

AWS limits calls per account and region, not per stack. So all followers share one budget of calls a second: a few
stacks are looked at every second, thirty each a little less often. Where AWS asks to slow down the budget is halved
for all of them, and grows back within a minute. What is quiet for long is looked at less.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

GROWTH = 1.3
QUIETEST = 50
"""Looks without anything new beyond which a pause grows no more: the longest, whatever the speed."""
RECOVERY_SECONDS = 60.0
SLOWEST_PART = 1 / 16
"""Of the budget: it is never halved below this."""
ONE_COMPLAINT_SECONDS = 1.0
"""Followers that are refused at the same moment are one complaint of AWS."""
CALLS_A_LOOK = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """Passed in, so that tests need not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Speed:
    """`calls` a second are shared by all; `burst` may be made at once after a rest."""

    fastest: float
    slowest: float
    calls: float
    burst: float


NEAR = Speed(fastest=0.02, slowest=0.25, calls=math.inf, burst=math.inf)
"""An AWS on this machine limits nothing."""
FAR = Speed(fastest=1.0, slowest=5.0, calls=8.0, burst=8.0)
"""Well below what CloudFormation lets an account ask for, so that people and other tools have room."""


class Pace:
    """Shared by threads."""

    def __init__(self, speed: Speed = FAR, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.near = math.isinf(speed.calls)
        self._speed = speed
        self._lock = threading.Lock()
        self._rate, self._tokens = speed.calls, speed.burst
        self._filled = self.clock.now()
        self._slowed = -math.inf
        self._round = 0
        """Calls that one look of every follower costs."""

    @contextmanager
    def following(self, calls: int = CALLS_A_LOOK) -> Iterator[Beat]:
        """While something is followed, with so many calls at each look."""
        with self._lock:
            self._round += calls
        try:
            yield Beat(self, calls)
        finally:
            with self._lock:
                self._round -= calls

    def pause(self, quiet: int) -> float:
        """Seconds between two looks of one follower that has seen nothing new at `quiet` looks."""
        with self._lock:
            self._fill()
            own = min(self._speed.fastest * GROWTH ** min(quiet, QUIETEST), self._speed.slowest)
            return max(own, self._round / self._rate)

    def take(self, calls: int) -> float:
        """Seconds until these calls may be made; they are taken out of the budget."""
        with self._lock:
            self._fill()
            self._tokens -= calls
            return -self._tokens / self._rate if self._tokens < 0 else 0.0

    def slowed(self) -> None:
        """AWS asked to slow down: everybody does."""
        with self._lock:
            self._fill()
            if self.near or self._filled - self._slowed < ONE_COMPLAINT_SECONDS:
                return
            self._slowed = self._filled
            self._rate = max(self._rate / 2, self._speed.calls * SLOWEST_PART)
            self._tokens = min(self._tokens, 0.0)

    def _fill(self) -> None:
        now = self.clock.now()
        passed, self._filled = now - self._filled, now
        if self.near:
            return
        self._tokens = min(self._tokens + passed * self._rate, self._speed.burst)
        self._rate = min(self._rate + self._speed.calls * passed / RECOVERY_SECONDS, self._speed.calls)


class Beat:
    """One follower's looks, in the pace of all."""

    def __init__(self, pace: Pace, calls: int) -> None:
        self._pace, self._calls, self._first = pace, calls, True

    def wait(self, quiet: int) -> None:
        """Until the next look; the first one is not waited for longer than the budget wants."""
        if not self._first:
            self._pace.clock.sleep(self._pace.pause(quiet) * random.uniform(0.8, 1.2))  # noqa: S311, jitter
        self._first = False
        more = self._pace.take(self._calls)
        if more:
            self._pace.clock.sleep(more)

    def slowed(self) -> None:
        self._pace.slowed()


class Paces:
    """One for each account and region."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Pace] = {}

    def of(self, account: str, region: str) -> Pace:
        with self._lock:
            return self._made.setdefault((account, region), Pace(FAR, self._clock))
