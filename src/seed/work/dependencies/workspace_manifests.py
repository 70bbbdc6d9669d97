"""What the installation of a workspace is made of: its root's files and the manifests of everything in it.

With those alone in a clean folder a package manager links members to one another and installs what they need from
outside. Where it would look at more of a member than its manifest, it is not kept: `NotKept` says why.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

MANIFEST = "package.json"
MOST = 1000
"""Manifests; a repository that has more is installed as ever."""
MINE = frozenset({"node_modules", ".git"})


class NotKept(Exception):
    """Why an installation depends on more than its key could hold."""


def manifest_folders(root: Path) -> Iterator[str]:
    """Relative, the root not among them. Whatever a pattern may take for a member is one."""
    found = 0
    for place, folders, files in os.walk(root):
        here = Path(place).relative_to(root).as_posix()
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        if any((Path(place) / name / MANIFEST).exists() for name in linked):
            raise NotKept(f"{here}: a member is a link")
        if here != "." and "node_modules" in folders:
            raise NotKept(f"{here}: node_modules is there already")
        folders[:] = sorted(set(folders) - MINE - set(linked))
        if here != "." and MANIFEST in files:
            found += 1
            if found > MOST:
                raise NotKept(f"it has more than {MOST} members")
            yield here
