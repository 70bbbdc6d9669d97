"""What one build may hold on the disk: its checkout and whatever its commands write, all of them together.

Adding folders up takes time. It is done where the file system has lost as much since the last time as the build has
left, and once in a while in any case, since others may have given space back meanwhile.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

MB = 1024 * 1024
SHARE = 20
"""Adding up takes at most one part in so many of the time."""


class DiskBudget:
    """Of one build, whose commands may run side by side. Folders join as commands name them."""

    def __init__(self, most_mb: int, folders: Sequence[Path]) -> None:
        self._most_mb = most_mb
        self._lock = threading.Lock()
        self._free: dict[Path, int] = {}
        """Each folder, with what was free on its file system when it was last added up."""
        self._used = 0
        self._next = 0.0
        self.join(folders)

    def join(self, folders: Sequence[Path]) -> None:
        with self._lock:
            new = [one for one in _outermost(folders) if not _lies_in(one, self._free)]
            if self._next:  # or else the first look counts all of them
                self._used += used(new)
            self._free |= {one: free(one) for one in new}

    def over(self) -> str:
        """Why its commands must end, as a sentence; "" while there is room."""
        most = self._most_mb * MB
        with self._lock:
            lost = max((before - free(folder) for folder, before in self._free.items()), default=0)
            if self._used + lost < most and time.monotonic() < self._next:
                return ""
            began = time.monotonic()
            there = _outermost([folder for folder in self._free if folder.is_dir()])
            self._free = {folder: free(folder) for folder in there}
            self._used = used(there, most)
            now = time.monotonic()
            self._next = now + SHARE * (now - began)
            if self._used < most:
                return ""
        return f"The build's files took more than {self._most_mb} MB of disk. SEED_BUILD_DISK_MB sets the limit."

    def is_there(self) -> bool:
        with self._lock:
            return any(folder.is_dir() for folder in self._free)


class DiskBudgets:
    """That of each build whose files are there; a command that names no build has one of its own."""

    def __init__(self, most_mb: int) -> None:
        self._most_mb = most_mb
        self._lock = threading.Lock()
        self._known: dict[Path, DiskBudget] = {}

    def of(self, build: Path | None, folders: Sequence[Path]) -> DiskBudget:
        if build is None:
            return DiskBudget(self._most_mb, folders)
        with self._lock:
            known = self._known.get(build)
            if known is None:
                self._known = {place: one for place, one in self._known.items() if one.is_there()}
                known = self._known[build] = DiskBudget(self._most_mb, ())
        known.join(folders)
        return known


def used(folders: Iterable[Path], most: float = float("inf")) -> int:
    """Bytes on disk, counted up to `most`. Links are not followed."""
    total = 0
    waiting = [str(folder) for folder in folders]
    while waiting and total < most:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return total


def free(folder: Path) -> int:
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize


def _outermost(folders: Sequence[Path]) -> list[Path]:
    return [one for one in folders if not _lies_in(one, (other for other in folders if other != one))]


def _lies_in(folder: Path, others: Iterable[Path]) -> bool:
    return any(folder.is_relative_to(other) for other in others)
