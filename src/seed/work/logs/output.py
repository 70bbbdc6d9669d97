"""What the logs of one build have together: counted while one of them is open, from their files when the first is."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from weakref import WeakValueDictionary

from seed.work.logs.log import Room


class Rooms:
    """That of each build that is at work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: WeakValueDictionary[int, Room] = WeakValueDictionary()

    def of(self, build_id: int, most: int, logs: Iterable[Path]) -> Room:
        with self._lock:
            room = self._known.get(build_id)
            if room is None:
                room = self._known[build_id] = Room(most, sum(map(_size, logs)))
            return room


def _size(log: Path) -> int:
    with suppress(OSError):
        return log.stat().st_size
    return 0
