"""The machine's side of a closed network: whether it can be had here, and the file that names the resolver in it."""

from __future__ import annotations

import contextlib
import subprocess
from functools import cache
from pathlib import Path

from seed.work.runner.leash import leashed

KEPT = ("search", "domain", "options")


@cache
def can_close() -> bool:
    """Tried once, with a program that does nothing."""
    found = subprocess.run(leashed(["true"], gate=("none", "", "")), capture_output=True, check=False, timeout=20)
    return found.returncode == 0


def write_resolver(folder: Path) -> Path:
    """The relay answers, and asks those that this machine asks."""
    lines = ["nameserver 127.0.0.1"]
    with contextlib.suppress(OSError):
        found = Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace").splitlines()
        lines += [line for line in found if line.partition(" ")[0] in KEPT]
    path = folder / "resolv.conf"
    path.write_text("\n".join((*lines, "")))
    return path
