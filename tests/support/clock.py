"""A clock that a test moves: whoever sleeps on it is awake at once, and later."""

from __future__ import annotations

from seed.aws.pace import Clock


class Hands:
    def __init__(self, at: float = 1000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.sleep)
