"""Commands that a killed server left behind: they end before anything of its data folder begins again.

A fenced command dies with its server, but for one moment. While bubblewrap sets the fence up, its inner process has
not yet asked the kernel to die with the outer one; a server that is killed just then leaves it alone in the world.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

FENCE = "bwrap"
LOCK = "server.lock"
"""What a server holds as long as it works on a data folder."""
SECONDS = 5.0
"""That the kernel may take to end one."""


def end_orphans(data: Path) -> int:
    """How many there were. Whoever calls holds the folder's lock: what is fenced in there belongs to nobody else."""
    if sys.platform != "linux":
        return 0
    ended = 0
    for pid in _fenced(data):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            handle = os.pidfd_open(pid)
            try:
                if _is_fenced(pid, data):  # still the same one: a number may be given away again
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    select.select([handle], [], [], SECONDS)
                    ended += 1
            finally:
                os.close(handle)
    return ended


def _fenced(data: Path) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_fenced(int(entry.name), data):
            yield int(entry.name)


def _is_fenced(pid: int, data: Path) -> bool:
    """Whether it is a fence that lets a folder below `data` in."""
    try:
        program = (Path("/proc") / str(pid) / "comm").read_text().strip()
        words = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return program == FENCE and any(_is_below(os.fsdecode(word), data) for word in words)


def _is_below(word: str, data: Path) -> bool:
    """Not where another server's data folder lies between: what is fenced in there is that one's."""
    path = Path(word)
    between = [folder for folder in (path, *path.parents) if data in folder.parents]
    return bool(between) and not any((folder / LOCK).exists() for folder in between)
