"""Run commands on this machine, under bubblewrap where it works.

Output is read as it comes, line by line; time, cancellation and the amount of output have limits; and when
it is over, by whatever ending, no process of the command is left.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Literal

from seed.errors import SeedError
from seed.work.runner.cage import Cage, cages
from seed.work.runner.command import Command, Ending, Executor, Exit
from seed.work.runner.disk import MB, DiskBudget, DiskBudgets
from seed.work.runner.leash import Gate, leashed, lifeline
from seed.work.runner.limits import USUAL, Guard, Limits
from seed.work.runner.lines import CHUNK, TICK, Lines
from seed.work.runner.network.closing import can_close, write_resolver
from seed.work.runner.network.setting import INTERNET, Mode, Network, gate_arguments
from seed.work.runner.patrol import Patrol
from seed.work.runner.sandbox import bubblewrap, fenced, must_lie_there
from seed.work.runner.standing import Standing
from seed.work.runner.together import Share, Together
from seed.work.runner.tree import eye

Sandbox = Literal["auto", "bubblewrap", "none"]
BACKGROUND = ("nice", "-n", "10")
NO_FENCE = (
    "Builds run without a sandbox: bubblewrap does not work on this machine. They read what the server reads; "
    "docs/sandbox.md tells what to do."
)


class SandboxMissing(SeedError):
    """bubblewrap was demanded and does not work on this host."""

    code = "sandbox-missing"


class NetworkNotClosed(SeedError):
    """The network of builds cannot be closed on this host as its setting asks."""

    code = "network-not-closed"


class LocalRunner:
    """Implements `Runner`. `folder` holds the HOMEs and temporary folders while commands run.

    `skeleton` is what a fresh HOME begins with: caches that we made ourselves, never what a build left.
    `near` answers, whenever a command starts, which doors of Seed's own are open besides those of `network`.
    `platform`: fence, cage and network of one's own are Linux's; elsewhere commands run without.
    """

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox = "auto",
        skeleton: Path | None = None,
        limits: Limits = USUAL,
        network: Network = INTERNET,
        near: Callable[[], Iterable[str]] = tuple,
        platform: str = sys.platform,
    ) -> None:
        self._folder = folder
        self._skeleton = skeleton
        self.limits = limits
        self._budgets = DiskBudgets(limits.disk_mb)
        self._together = Together(limits.processes_total, limits.memory_total_mb)
        self._patrol = Patrol()
        self._platform, self._eye = platform, eye(platform)
        linux = platform == "linux"
        self._cages = cages() if linux else None
        self._fence = bubblewrap() if linux and sandbox != "none" else None
        self._note = NO_FENCE if sandbox == "auto" and self._fence is None else ""
        if sandbox == "bubblewrap" and self._fence is None:
            raise SandboxMissing(
                "bubblewrap is not installed, or this host does not let it make namespaces.",
                hint="apt-get install bubblewrap; or SEED_SANDBOX=none where every repository is trusted.",
            )
        self._network, self._near = network, near
        if network.closed and (network.demanded if self._fence is None else not can_close()):
            raise NetworkNotClosed(
                f"SEED_BUILD_NETWORK={network.mode} cannot be kept here: this host does not let builds have a network "
                "of their own.",
                hint="It takes bubblewrap and network namespaces; or SEED_BUILD_NETWORK=all where every repository "
                "is trusted with whatever this machine reaches.",
            )

    def describe(self) -> Executor:
        return Executor(
            "this machine", sandboxed=self._fence is not None, stands=True, network=self.network, note=self._note
        )

    @property
    def network(self) -> Mode:
        """What holds: without a fence nothing keeps a build in a network of its own."""
        return self._network.mode if self._fence is not None else "all"

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        self._folder.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(prefix="run-", dir=self._folder))
        try:
            return self._run(command, own, on_line, cancelled)
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def stand(self, command: Command) -> Standing:
        """Start a command that waits for jobs. The thread that calls this must live as long as the process."""
        self._folder.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(prefix="run-", dir=self._folder))
        home, temporary = self._rooms(command, own)
        budget = self._budgets.of(command.build, (home, temporary, *command.writable))
        cage = self._cage()
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                self._leashed(command, home, temporary, own, cage),
                cwd=command.cwd,
                env={**_environment(command, home, temporary), "SEED_CONTROL": str(theirs.fileno())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(theirs.fileno(), *self._lines()),
            )
        guard = self._guard(process, command, budget, cage)
        standing = Standing(process, ours, own, lambda job: _environment(job, home, temporary), guard)
        self._patrol.add(standing)
        return standing

    def _cage(self) -> Cage | None:
        return self._cages.make(self.limits.processes) if self._cages is not None else None

    def _guard(
        self, process: subprocess.Popen[bytes], command: Command, budget: DiskBudget, cage: Cage | None
    ) -> Guard:
        share = Share(self._together, command.build) if command.build is not None else None
        return Guard(self.limits, process.pid, budget, cage, self._eye, share)

    def _rooms(self, command: Command, own: Path) -> tuple[Path, Path]:
        """Its HOME and its temporary folder."""
        home, temporary = command.home or own / "home", own / "tmp"
        temporary.mkdir()
        if self._skeleton is not None and self._skeleton.is_dir() and command.home is None:
            shutil.copytree(self._skeleton, home)
        home.mkdir(exist_ok=True)
        return home, temporary

    def _leashed(self, command: Command, home: Path, temporary: Path, own: Path, cage: Cage | None) -> list[str]:
        argv = list(command.argv)
        gate: Gate | None = None
        if self._fence is not None:
            must_lie_there(self._folder.parent, command.writable)
            resolver = None
            if command.network and self._network.closed:
                gate = gate_arguments(self._network, self._near())
                resolver = write_resolver(own)
            argv = fenced(self._fence, command, home, temporary, resolver)
        argv = [*BACKGROUND, *argv] if command.background else argv
        return leashed(
            argv, self.limits.disk_mb * MB, gate, cage.door if cage is not None else None,
            line=next(iter(self._lines()), None), platform=self._platform,
        )  # fmt: skip

    def _lines(self) -> tuple[int, ...]:
        """What a command is given so that all that it has started ends with the server. A fence ends by itself."""
        return () if self._fence is not None else (lifeline(),)

    def _run(self, command: Command, own: Path, on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> Exit:
        home, temporary = self._rooms(command, own)
        budget = self._budgets.of(command.build, (home, temporary, *command.writable))
        began = time.monotonic()
        cage = self._cage()
        process = subprocess.Popen(
            self._leashed(command, home, temporary, own, cage),
            cwd=command.cwd,
            env=_environment(command, home, temporary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self._lines(),
        )
        assert process.stdout is not None  # noqa: S101, PIPE
        guard = self._guard(process, command, budget, cage)
        try:
            lines = Lines(on_line, self.limits.output_mb * MB)
            ending, reason = _watch(process, process.stdout, began + command.timeout, lines, cancelled, guard)
        finally:
            _sweep(process)
            guard.close()
        if ending == "exited" and (reason := guard.disk.over()):
            ending = "limit"
        code = process.wait() if ending == "exited" else None
        return Exit(ending, code, time.monotonic() - began, reason)


def usual_path() -> str:
    """The interpreter that Seed runs on comes first: a version manager's shims want to write outside of the fence."""
    return f"{sys.base_prefix}/bin:{os.environ.get('PATH', os.defpath)}"


def _environment(command: Command, home: Path, temporary: Path) -> dict[str, str]:
    return {
        "PATH": usual_path(),
        "LANG": "C.UTF-8",
        "CI": "true",
        **command.env,
        "HOME": str(home),
        "TMPDIR": str(temporary),
    }


def _watch(
    process: subprocess.Popen[bytes],
    stdout: IO[bytes],
    deadline: float,
    lines: Lines,
    cancelled: Callable[[], bool],
    guard: Guard,
) -> tuple[Ending, str]:
    os.set_blocking(stdout.fileno(), False)
    with selectors.DefaultSelector() as selector, stdout:
        selector.register(stdout, selectors.EVENT_READ)
        while True:
            if stopped := _stopped(deadline, cancelled, guard):
                return stopped
            if selector.select(TICK):
                chunk = stdout.read(CHUNK)
                if chunk == b"":
                    break
                lines.feed(chunk or b"")
            elif process.poll() is not None:
                # Ended, but somebody it left behind holds the pipe: the sweep gets them. What it wrote between
                # the look at the pipe and the look at the process is its last word, and the one that matters.
                lines.feed(stdout.read() or b"")
                break
        lines.end()
    while process.poll() is None:  # it may have closed its output and go on, or the machine is busy
        if stopped := _stopped(deadline, cancelled, guard):
            return stopped
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TICK)
    return ("exited" if process.returncode >= 0 else "killed"), ""


def _stopped(deadline: float, cancelled: Callable[[], bool], guard: Guard) -> tuple[Ending, str] | None:
    if cancelled():
        return "cancelled", ""
    if time.monotonic() > deadline:
        return "timeout", ""
    reason = guard.over()
    return ("limit", reason) if reason else None


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """The whole process group; under bubblewrap the namespace's init dies with it, and everything inside."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
