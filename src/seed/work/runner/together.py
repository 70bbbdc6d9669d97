"""What the commands of one build use at the same moment, all of them together: memory and processes.

Each command is watched by a guard of its own, which leaves here what it saw. Where the sum is too much for one build,
the command that uses most is stopped, at the next look of its own guard: one that takes little need not end for it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from seed.work.runner.disk import MB


@dataclass(frozen=True, slots=True)
class Use:
    """Of one command with all that it has started; memory in bytes."""

    processes: int
    memory: int


class Together:
    """Of every build that has commands at work."""

    def __init__(self, processes: int, memory_mb: int) -> None:
        self._processes, self._memory_mb = processes, memory_mb
        self._lock = threading.Lock()
        self._uses: dict[Path, dict[Share, Use]] = {}

    def over(self, share: Share, use: Use) -> str:
        """Keeps what `share` uses now. Why it must be stopped, as a sentence; "" while it is well."""
        with self._lock:
            uses = self._uses.setdefault(share.build, {})
            uses[share] = use
            if sum(one.processes for one in uses.values()) > self._processes:
                most = max(uses, key=lambda one: uses[one].processes)
                said = f"More than {self._processes} processes of one build ran at once, most of them of this command."
                return f"{said} SEED_BUILD_PROCESSES_TOTAL sets the limit." if most is share else ""
            if sum(one.memory for one in uses.values()) > self._memory_mb * MB:
                most = max(uses, key=lambda one: uses[one].memory)
                said = f"One build used more than {self._memory_mb} MB of memory, most of it this command."
                return f"{said} SEED_BUILD_MEMORY_TOTAL_MB sets the limit." if most is share else ""
            return ""

    def leave(self, share: Share) -> None:
        """Its command is over."""
        with self._lock:
            uses = self._uses.get(share.build, {})
            uses.pop(share, None)
            if not uses:
                self._uses.pop(share.build, None)


class Share:
    """Of one command in what its build uses."""

    def __init__(self, together: Together, build: Path) -> None:
        self._together, self.build = together, build

    def over(self, use: Use) -> str:
        return self._together.over(self, use)

    def close(self) -> None:
        self._together.leave(self)
