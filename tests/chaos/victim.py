"""A server in a process of its own, killed without warning and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from tests.support.waiting import PATIENCE, eventually

SEED = int(os.environ.get("SEED_CHAOS_SEED", "20261123"))
LONGEST_WAIT = 3.0


@dataclass
class Victim:
    """A server in a process of its own, killed without warning."""

    data: Path
    port: int
    token: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    before: set[int] = field(default_factory=set)
    """What belonged to the one that was killed."""

    def start(self) -> None:
        arguments = [sys.executable, "-m", "seed.cli.main", "serve", "--data", str(self.data), "--port", str(self.port)]
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen([*arguments, "--aws", "none"], env=self.environment, stdout=log, stderr=log)
        eventually(self._up, "the server's start", PATIENCE)
        self.nothing_of_before_is_alive()

    def kill(self) -> None:
        """What it has started dies with it; a fence that was just being set up at the next start."""
        assert self.process is not None
        self.before = _descendants(self.process.pid) | _mentioning(self.data) - {self.process.pid}
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.before |= _mentioning(self.data)

    def nothing_of_before_is_alive(self) -> None:
        eventually(lambda: not {pid for pid in self.before if _alive(pid)}, "the end of what was started before", 30)

    def call(self, method: str, path: str, **rest: Any) -> Any:
        answer = httpx2.request(
            method,
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
            trust_env=False,
            **rest,
        )
        return answer.json() if answer.is_success else None

    def _up(self) -> bool:
        try:
            return bool(httpx2.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2, trust_env=False).is_success)
        except httpx2.HTTPError:
            return False


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    grown = True
    while grown:
        new = {child for child, parent in parents.items() if parent in found | {pid}} - found
        found |= new
        grown = bool(new)
    return found


def _mentioning(folder: Path) -> set[int]:
    """Processes with the data folder among their arguments: also those that began while the server was killed."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(folder).encode() in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
