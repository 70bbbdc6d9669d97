"""How often somebody may try to sign in: failures are counted by e-mail and by address, and few passwords are
checked at a time.

Kept in memory and bounded: a restart forgets them, which gives nobody more than a few guesses. An e-mail that nobody
has is counted like any other, so that the answer does not tell which exist.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from seed.errors import SeedError
from seed.people.keys import key_hash


class TooManyAttempts(SeedError):
    """Signing in has failed too often for this e-mail or from this address."""

    code = "too-many-attempts"
    status = 429


@dataclass(frozen=True, slots=True)
class Most:
    by_email: int = 10
    by_address: int = 30
    seconds: float = 900.0
    """Within which these failures are counted."""
    at_once: int = 2
    """Passwords checked at the same time: each takes a core and 64 MB for a moment."""
    waiting: int = 8
    """Who may wait for that; anybody further is told to come back."""
    remembered: int = 10_000


class Attempts:
    """Shared by threads."""

    def __init__(self, most: Most | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most or Most(), clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._gate = threading.BoundedSemaphore(self._most.at_once)
        self._line = threading.BoundedSemaphore(self._most.at_once + self._most.waiting)

    @contextmanager
    def turn(self, email: str, address: str) -> Iterator[Attempt]:
        """In which one password may be checked."""
        limits = {
            key_hash(f"email {email.strip().lower()}"): self._most.by_email,
            key_hash(f"address {address}"): self._most.by_address,
        }
        self._check(limits)
        if not self._line.acquire(blocking=False):
            raise _refused("Too many people are signing in at this moment.", 1)
        try:
            with self._gate:
                self._check(limits)  # somebody may have used the last one up meanwhile
                yield Attempt(self, limits)
        finally:
            self._line.release()

    def _check(self, limits: dict[str, int]) -> None:
        with self._lock:
            now = self._clock()
            left = max((self._wait(key, most, now) for key, most in limits.items()), default=0.0)
        if left > 0:
            raise _refused("Signing in has failed too often.", math.ceil(left))

    def _wait(self, key: str, most: int, now: float) -> float:
        times = self._failures.get(key, deque())
        while times and times[0] <= now - self._most.seconds:
            times.popleft()
        return times[-most] + self._most.seconds - now if len(times) >= most else 0.0

    def _failed(self, limits: dict[str, int]) -> bool:
        """Whether it was the last one that is allowed."""
        with self._lock:
            now = self._clock()
            for key, most in limits.items():
                self._failures.setdefault(key, deque(maxlen=most)).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > self._most.remembered:
                self._failures.popitem(last=False)
            return any(self._wait(key, most, now) > 0 for key, most in limits.items())

    def _forget(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)


class Attempt:
    def __init__(self, attempts: Attempts, limits: dict[str, int]) -> None:
        self._attempts, self._limits = attempts, limits

    def failed(self) -> bool:
        """Whether no further one is allowed for now."""
        return self._attempts._failed(self._limits)  # noqa: SLF001, one thing in two classes

    def good(self) -> None:
        """Forgets the e-mail's failures, not the address's: who knows one password may still guess others."""
        self._attempts._forget(next(iter(self._limits)))  # noqa: SLF001, same


def _refused(sentence: str, seconds: int) -> TooManyAttempts:
    unit = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"  # noqa: PLR2004
    error = TooManyAttempts(sentence, hint=f"Try again in {unit}; a link to sign in works meanwhile.")
    error.retry_after = seconds
    return error
