"""A process and all below it, and the memory that each holds: by /proc, or by `ps` on systems that have none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
KB = 1024
PPID, RSS = 1, 21
"""Places in /proc/PID/stat, counted from behind the name."""
PS = ("ps", "-axo", "pid=,ppid=,rss=")
PS_SECONDS = 10.0
Process = tuple[int, int, int]
"""Its id, its parent's, and how many bytes of it are resident."""


@dataclass(frozen=True, slots=True)
class Eye:
    """How the processes of this machine are seen, and how often one may look."""

    processes: Callable[[], Iterable[Process]]
    seconds: float


def eye(platform: str) -> Eye:
    return Eye(by_proc, 0.25) if platform == "linux" else Eye(by_ps, 1.0)


def tree_sizes(root: int, processes: Iterable[Process]) -> Iterator[int]:
    """Resident bytes of `root`, which without a fence is the command itself, and of each process below it."""
    children: dict[int, list[tuple[int, int]]] = {}
    for pid, parent, size in processes:
        if pid == root:
            yield size
        children.setdefault(parent, []).append((pid, size))
    waiting = [root]
    while waiting:
        for pid, size in children.get(waiting.pop(), ()):
            yield size
            waiting.append(pid)


def by_proc() -> Iterator[Process]:
    """Nothing where there is no /proc."""
    for pid in _ids():
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            yield pid, int(fields[PPID]), int(fields[RSS]) * PAGE
        except (OSError, ValueError, IndexError):
            continue


def by_ps() -> Iterator[Process]:
    """Nothing where there is no `ps` that can."""
    try:
        told = subprocess.run(PS, capture_output=True, check=False, timeout=PS_SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in told.splitlines():
        try:
            pid, parent, kilobytes = (int(word) for word in line.split())
        except ValueError:
            continue
        yield pid, parent, kilobytes * KB


def _ids() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return []
