"""Who wants to know that something changed: a count for each topic, and waiters on it.

Topics are names such as `app:3`, `build:12`, `promotion:4`. Nothing is carried but "look again", so a missed
ring costs nothing that the next look would not show.
"""

from __future__ import annotations

import threading
from collections import defaultdict


class Bell:
    """Thread-safe. Waiting is bounded, so that a closed page's waiter ends by itself."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._changed = threading.Condition()
        self.closed = False

    def ring(self, topic: str) -> None:
        with self._changed:
            self._counts[topic] += 1
            self._changed.notify_all()

    def count(self, topics: tuple[str, ...]) -> int:
        with self._changed:
            return sum(self._counts[topic] for topic in topics)

    def wait(self, topics: tuple[str, ...], seen: int, timeout: float) -> int:
        """The new count, as soon as it is not `seen`, or after `timeout` seconds, or when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or sum(self._counts[t] for t in topics) != seen, timeout)
            return sum(self._counts[topic] for topic in topics)

    def close(self) -> None:
        """Every waiter returns, now and later."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
