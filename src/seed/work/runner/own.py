"""The fence of a build around a program of our own that runs other people's code: the local AWS with its functions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from seed.work.runner.command import Command
from seed.work.runner.sandbox import bubblewrap, fenced

PACKAGE = Path(__file__).resolve().parents[2]


def fence_around(*readable: Path) -> Callable[[Sequence[str], Path], list[str]] | None:
    """From arguments and the one folder that may be written to the arguments that run them there. Inside there are
    Seed's own code, python, the `readable` folders and the machine's network. None where this host has no fence.
    """
    prefix = bubblewrap()
    if prefix is None:
        return None
    inside = (Path(sys.prefix), PACKAGE.parent, *readable)

    def fence(arguments: Sequence[str], folder: Path) -> list[str]:
        command = Command(tuple(arguments), folder, writable=(folder,), readable=inside)
        return fenced(prefix, command, home=folder, temporary=folder)

    return fence
