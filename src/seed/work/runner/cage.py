"""The kernel's own limit on how many tasks a command has, where this server may make control groups.

Looking at processes again and again cannot hold one that forks without end: it doubles many times between two
looks, and takes the machine's time from whoever would look. A group with a maximum can: the fork fails.
Where none can be made (no root, nothing delegated), looking is all there is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
TASKS_A_PROCESS = 2
"""Threads count as well: more than this many for each process that is allowed is refused by the kernel."""
NUMBERS = itertools.count(1)
STARTED = f"seed-{os.getpid()}"


class Cages:
    """Makes them below one group; sweeps away what is empty of those that are done."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._done: set[Path] = set()
        self._lock = threading.Lock()

    def make(self, processes: int) -> Cage | None:
        """None where the group cannot be made now."""
        self._sweep()
        folder = self._parent / f"{STARTED}-{next(NUMBERS)}"
        try:
            folder.mkdir()
            (folder / "pids.max").write_text(str(processes * TASKS_A_PROCESS))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return None
        return Cage(self, folder)

    def done(self, folder: Path) -> None:
        with self._lock:
            self._done.add(folder)
        self._sweep()

    def _sweep(self) -> None:
        """A group goes once its last process is reaped, which may be a moment after its end."""
        with self._lock:
            for folder in list(self._done):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                if not folder.exists():
                    self._done.discard(folder)


class Cage:
    """Of one command: `door` is where a process writes its id to enter, with all that it will start."""

    def __init__(self, cages: Cages, folder: Path) -> None:
        self._cages, self._folder = cages, folder
        self.door = folder / "cgroup.procs"

    def refused(self) -> bool:
        """Whether the kernel has let a fork fail."""
        try:
            words = (self._folder / "pids.events").read_text().split()
        except OSError:
            return False
        return dict(zip(words[::2], words[1::2], strict=False)).get("max", "0") != "0"

    def close(self) -> None:
        self._cages.done(self._folder)


def cages(groups: str | None = None, root: Path = ROOT) -> Cages | None:
    """Below the group that this process is in; None where no group with a maximum can be made there.

    `groups` is what /proc/self/cgroup says.
    """
    try:
        told = Path("/proc/self/cgroup").read_text() if groups is None else groups
    except OSError:
        return None
    for parent in _places(_read(told), root):
        _sweep_dead(parent)
        made = Cages(parent)
        cage = made.make(1)
        if cage is not None:
            cage.close()
            return made
    return None


def _read(groups: str) -> Mapping[str, str]:
    """Controller → group; "" is the unified hierarchy."""
    found = {}
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        found.update(dict.fromkeys(controllers.split(","), path.lstrip("/")))
    return found


def _places(groups: Mapping[str, str], root: Path) -> list[Path]:
    """The old hierarchy's own group; in the unified one a group with processes has none below that count, so its
    parent, where that was delegated.
    """
    found = [root / "pids" / groups["pids"]] if "pids" in groups else []
    if "" in groups:
        own = root / groups[""]
        found += [own.parent] if own != root else []
    return found


def _sweep_dead(parent: Path) -> None:
    """What a server left that was killed."""
    for folder in parent.glob("seed-*"):
        number = folder.name.split("-")[1]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
