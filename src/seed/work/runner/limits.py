"""What a command may use, and the guard that watches it: memory and processes of its whole tree, and its build's disk.

The kernel's own limits for users do not fit: a limit on address space kills node at once, and one on processes does
not hold for root. So the tree below the command is looked at again and again, and the command ended when it is over.
A single file, core dumps and, where a control group can be made (`cage.py`), tasks are limited by the kernel as well.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from seed.errors import SeedError
from seed.work.runner.cage import Cage
from seed.work.runner.disk import MB, DiskBudget
from seed.work.runner.together import Share, Use
from seed.work.runner.tree import Eye, eye, tree_sizes

DISK_SECONDS = 1.0


class LimitReached(SeedError):
    """A command of a build used more memory, processes or disk than it may, and was stopped."""

    code = "limit-reached"
    status = 422


@dataclass(frozen=True, slots=True)
class Limits:
    """Memory and processes: for each command with everything that it starts, and in all for those of a build that run
    side by side. Disk: for all of a build's commands.
    """

    memory_mb: int = 4096
    processes: int = 2048
    disk_mb: int = 10_240
    output_mb: int = 64
    memory_total_mb: int = 8192
    processes_total: int = 4096


USUAL = Limits()


class Guard:
    """Of one command, whose first process is `pid`; `share` is its part in what its build uses."""

    def __init__(
        self,
        limits: Limits,
        pid: int,
        disk: DiskBudget,
        cage: Cage | None = None,
        seen_by: Eye | None = None,
        share: Share | None = None,
    ) -> None:
        self.limits, self.disk, self._pid, self._cage, self._share = limits, disk, pid, cage, share
        self._eye = seen_by or eye(sys.platform)
        self._looked = time.monotonic()
        self._looked_at_disk = 0.0
        self._running = _running()
        self._said = ""

    def over(self) -> str:
        """Why it must be stopped, as a sentence; "" while it is well. Cheap to ask often. Once said, it stays so."""
        self._said = self._said or self._look()
        return self._said

    def _look(self) -> str:
        if self._cage is not None and self._cage.refused():
            return self._too_many()
        now = time.monotonic()
        running = _running()
        # One that forks without end doubles many times between two looks, and soon leaves us no turn to look.
        if now - self._looked < self._eye.seconds and running <= self._running + self.limits.processes:
            return ""
        self._looked, self._running = now, running
        if too_much := self._too_much():
            return too_much
        if now - self._looked_at_disk < DISK_SECONDS:
            return ""
        self._looked_at_disk = now
        return self.disk.over()

    def close(self) -> None:
        """When the command is over."""
        if self._cage is not None:
            self._cage.close()
        if self._share is not None:
            self._share.close()

    def _too_much(self) -> str:
        sizes = list(tree_sizes(self._pid, self._eye.processes()))
        use = Use(len(sizes), sum(sizes))
        if use.processes > self.limits.processes:
            return self._too_many()
        if use.memory > self.limits.memory_mb * MB:
            return f"More than {self.limits.memory_mb} MB of memory were used. SEED_BUILD_MEMORY_MB sets the limit."
        return self._share.over(use) if self._share is not None else ""

    def _too_many(self) -> str:
        return f"More than {self.limits.processes} processes ran at once. SEED_BUILD_PROCESSES sets the limit."


def _running() -> int:
    """About how many processes the machine has; cheap. 0 where that cannot be seen."""
    try:
        return len(os.listdir("/proc"))  # noqa: PTH208, it makes a thousand paths of it otherwise
    except OSError:
        return 0
