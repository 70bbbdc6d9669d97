"""What git has laid down, made the same on every machine: a build's package is told by its bytes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

PLAIN, PROGRAM = 0o644, 0o755


def settle(folder: Path, at: float) -> None:
    """Each file with the modes that git knows and the date `at`; no link that leads outside of `folder`."""
    root = folder.resolve()
    for where, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(where, name)
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                if not _inside(path, root):
                    path.unlink()
            elif stat.S_ISREG(mode):
                path.chmod(PROGRAM if mode & stat.S_IXUSR else PLAIN)
                os.utime(path, (at, at))


def _inside(link: Path, root: Path) -> bool:
    """A link that says a place of the machine leads outside, even where that place lies inside today."""
    return not link.readlink().is_absolute() and Path(os.path.realpath(link)).is_relative_to(root)
