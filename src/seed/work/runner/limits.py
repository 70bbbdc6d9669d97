"""What one command may use, and the guard that watches it: memory and processes of its whole tree, and disk.

The kernel's own limits do not fit: a limit on address space kills node at once, and one on processes does not
hold for root. So the tree below the command is looked at again and again, and the command ended when it is over.
A single file and core dumps are limited by the kernel as well.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seed.errors import SeedError

MB = 1024 * 1024
LOOK_SECONDS = 0.25
DISK_SECONDS = 1.0
PAGE = os.sysconf("SC_PAGE_SIZE")
PPID, RSS = 1, 21
"""Places in /proc/PID/stat, counted from behind the name."""


class LimitReached(SeedError):
    """A command of a build used more memory, processes or disk than it may, and was stopped."""

    code = "limit-reached"
    status = 422


@dataclass(frozen=True, slots=True)
class Limits:
    """For each command with everything that it starts."""

    memory_mb: int = 4096
    processes: int = 2048
    disk_mb: int = 10_240
    output_mb: int = 64


USUAL = Limits()


class Guard:
    """Of one command, whose first process is `pid`."""

    def __init__(self, limits: Limits, pid: int, folders: Sequence[Path]) -> None:
        self._limits, self._pid, self._folders = limits, pid, [f for f in folders if f.is_dir()]
        self._looked = self._looked_at_disk = time.monotonic()
        self._free = [_free(folder) for folder in self._folders]

    def over(self) -> str:
        """Why it must be stopped, as a sentence; "" while it is well. Cheap to ask often."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return ""
        self._looked = now
        sizes = list(tree_sizes(self._pid))
        if len(sizes) > self._limits.processes:
            return f"More than {self._limits.processes} processes ran at once. SEED_BUILD_PROCESSES sets the limit."
        if sum(sizes) > self._limits.memory_mb * MB:
            return f"More than {self._limits.memory_mb} MB of memory were used. SEED_BUILD_MEMORY_MB sets the limit."
        if now - self._looked_at_disk < DISK_SECONDS:
            return ""
        self._looked_at_disk = now
        return self._disk()

    def _disk(self) -> str:
        """The folders are added up only where the file system has lost as much."""
        most = self._limits.disk_mb * MB
        lost = max((before - _free(f) for f, before in zip(self._folders, self._free, strict=True)), default=0)
        if lost < most or used(self._folders, most) < most:
            return ""
        return f"More than {self._limits.disk_mb} MB of disk were used. SEED_BUILD_DISK_MB sets the limit."


def tree_sizes(root: int) -> Iterator[int]:
    """Resident bytes of each process below `root`, and of itself. Nothing where there is no /proc."""
    children: dict[int, list[tuple[int, int]]] = {}
    for entry in _processes():
        try:
            fields = Path(f"/proc/{entry}/stat").read_bytes().rpartition(b")")[2].split()
            children.setdefault(int(fields[PPID]), []).append((entry, int(fields[RSS]) * PAGE))
        except (OSError, ValueError, IndexError):
            continue
    waiting = [root]
    while waiting:
        for pid, size in children.get(waiting.pop(), ()):
            yield size
            waiting.append(pid)


def used(folders: Sequence[Path], most: int) -> int:
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


def _processes() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return []


def _free(folder: Path) -> int:
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize
