"""Looks at the commands that stand ready while no job runs in them: what a job left there keeps the limits of a job.

A job is looked at by whoever waits for it. Between two jobs nobody waits, and a plugin may have left something running.
"""

from __future__ import annotations

import threading
from typing import Protocol

SECONDS = 1.0


class Watched(Protocol):
    def look(self) -> bool:
        """False: it is over, and need not be looked at again."""
        ...


class Patrol:
    """One thread, as long as there is anything to look at."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._watched: list[Watched] = []

    def add(self, one: Watched) -> None:
        with self._lock:
            first = not self._watched
            self._watched.append(one)
        if first:
            threading.Thread(target=self._walk, name="patrol", daemon=True).start()

    def _walk(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._seconds):
            with self._lock:
                watched = list(self._watched)
            over = [one for one in watched if not one.look()]
            with self._lock:
                self._watched = [one for one in self._watched if one not in over]
                if not self._watched:
                    return
