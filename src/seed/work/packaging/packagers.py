"""Workbenches: a folder for one build's files, with packagers that stand ready behind the fence of that folder.

A packager is started before anybody knows for which build, since its start is most of what packaging costs.
So the folder comes first: a build is lent the bench, checks out into its folder, and has its services packaged
there by as many packagers as the bench may hold. A bench never serves a second build: what a build leaves
behind, in its files or in a process, meets only that build again.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from seed.work.dependencies.runtimes import Chosen, Picked
from seed.work.runner import Command, Exit, Runner, Runs, Stands

PREFIX = "bench-"
SOURCE = "source"
Account = frozenset[tuple[str, str]]
PATIENCE = 0.4
"""Seconds that the jobs of one bench wait in all for packagers at work, before another is started."""


@dataclass(slots=True)
class _Packager:
    """`seen` is the account whose credentials it holds: the framework keeps those that it saw first."""

    process: Future[Stands]
    seen: Account | None = None
    loaded: bool = False

    def fits(self, account: Account) -> bool:
        return self.seen in (None, account)


class Workbench:
    """A runner: jobs of the bundled framework go to a packager, every other command to the runner beneath."""

    def __init__(self, pool: Packagers, folder: Path, *, background: bool) -> None:
        self.folder = folder
        self._pool, self._background = pool, background
        self._idle: list[_Packager] = []
        self._all: list[_Packager] = []
        self._changed = threading.Condition()
        self._busy = 0
        self._patient_until = 0.0
        self._room = threading.Semaphore(pool.each)

    @property
    def tree(self) -> Path:
        """Where the build's files go. Made by whoever checks out."""
        return self.folder / SOURCE

    def picked(self, chosen: Chosen) -> Runs:
        """Packagers were started with the host's own node: with another one there is none that stands ready."""
        return Picked(self._pool.runner, chosen) if chosen.roots else self

    def make_ready(self) -> None:
        """One packager is started now, for the first job."""
        with self._changed:
            self._idle.append(self._start())

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        if not self._pool.takes(command) or not command.cwd.is_relative_to(self.folder):
            return self._pool.runner.run(command, on_line, cancelled)
        with self._room:
            account = _account(command)
            packager = self._loaded(account, cancelled)
            if packager is None:
                return self._pool.runner.run(command, on_line, cancelled)
            standing = packager.process.result()
            try:
                return standing.run(command, on_line, cancelled)
            finally:
                self._give_back(packager, account)

    def _loaded(self, account: Account, cancelled: Callable[[], bool]) -> _Packager | None:
        """Whichever comes first: one that another job gives back, or one that has been started. None: neither."""
        while True:
            packager = self._take(account)
            standing = packager.process.result()
            if standing.ready(lambda: cancelled() or self._better(account)):
                packager.loaded = True
                return packager
            with self._changed:
                self._busy -= 1
                if standing.again:
                    self._idle.append(packager)
                self._changed.notify_all()
            if cancelled() or not self._better(account):
                return None

    def _take(self, account: Account) -> _Packager:
        """One that is loaded before one that still loads. A job takes less time than a start: while others are at
        work they are waited for, but not for long in all.
        """
        with self._changed:
            if not self._fitting(account) and self._busy:
                self._patient_until = self._patient_until or time.monotonic() + self._pool.patience
                left = self._patient_until - time.monotonic()
                self._changed.wait_for(lambda: self._fitting(account) or not self._busy, max(left, 0))
            fitting = self._fitting(account)
            packager = fitting[0] if fitting else self._start()
            if fitting:
                self._idle.remove(packager)
            self._busy += 1
            return packager

    def _fitting(self, account: Account) -> list[_Packager]:
        return sorted((one for one in self._idle if one.fits(account)), key=lambda one: not one.loaded)

    def _better(self, account: Account) -> bool:
        with self._changed:
            return any(one.loaded for one in self._fitting(account))

    def _give_back(self, packager: _Packager, account: Account) -> None:
        standing = packager.process.result()
        with self._changed:
            self._busy -= 1
            if standing.again:
                packager.seen = account
                self._idle.append(packager)
            self._changed.notify_all()
        if not standing.again:
            standing.close()

    def close(self) -> None:
        """Its processes end; the folder stays until the build's files are not needed any more."""
        with self._changed:
            started, self._all, self._idle = self._all, [], []
        for one in started:
            one.process.result().close()

    def _start(self) -> _Packager:
        one = _Packager(self._pool.start(self.folder, background=self._background))
        self._all.append(one)
        return one


class Packagers:
    """`ready` benches wait with one packager each; a bench holds up to `each` at work."""

    def __init__(
        self,
        runner: Runner,
        folder: Path,
        start: Callable[[Path], Command],
        takes: Callable[[Command], bool],
        *,
        ready: int,
        each: int,
        patience: float = PATIENCE,
    ) -> None:
        self.runner, self.each, self.patience = runner, each, patience
        self._stands, self._takes = runner.describe().stands, takes
        self._folder, self._command, self._wanted = folder, start, ready
        self._waiting: list[Workbench] = []
        self._kept: dict[int, Workbench] = {}
        self._lock = threading.Lock()
        # The kernel ends a leashed process with the thread that started it: this one stays.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="packagers")
        self._stopped = False

    def takes(self, command: Command) -> bool:
        """Whether a packager can do it."""
        return self._stands and self._takes(command)

    def start(self, folder: Path, *, background: bool) -> Future[Stands]:
        command = replace(self._command(folder), background=background, build=folder / SOURCE)
        return self._starter.submit(self.runner.stand, command)

    def lend(self) -> Workbench:
        """One that stands ready, or a new one; the next is made ready at once. Close it when the work is done."""
        with self._lock:
            bench = self._waiting.pop(0) if self._waiting else None
        bench = bench or self._bench(background=False)
        self.refill()
        return bench

    def keep(self, build_id: int, bench: Workbench) -> None:
        """For the build's packages of later stages: its files lie there, and its packagers know them."""
        with self._lock:
            full = self._stopped or len(self._kept) >= max(self._wanted, 1)
            if not full:
                self._kept[build_id] = bench
        if full:
            bench.close()

    def lend_in_background(self, build_id: int) -> Workbench:
        """For work that nobody waits for: the build's own bench where it was kept, or else one that takes nothing
        that stands ready and gives way to other work.
        """
        with self._lock:
            kept = self._kept.pop(build_id, None)
        return kept or self._bench(background=True)

    def refill(self) -> None:
        with self._lock:
            missing = 0 if self._stopped else self._wanted - len(self._waiting)
            for _ in range(missing):
                bench = self._bench(background=False)
                if self._stands:
                    bench.make_ready()
                self._waiting.append(bench)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            waiting, self._waiting = self._waiting, []
            kept, self._kept = [*self._kept.values()], {}
        for bench in (*waiting, *kept):
            bench.close()
        for bench in waiting:
            shutil.rmtree(bench.folder, ignore_errors=True)

    def _bench(self, *, background: bool) -> Workbench:
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._folder))
        return Workbench(self, folder, background=background)


def _account(command: Command) -> Account:
    return frozenset((name, value) for name, value in command.env.items() if name.startswith("AWS_"))


def sweep_benches(folder: Path) -> None:
    """Those that no build has a link to: what stood ready when the server was killed."""
    kept = {link.resolve().parent for link in folder.glob("build-*") if link.is_symlink()}
    for bench in folder.glob(f"{PREFIX}*"):
        if bench.resolve() not in kept:
            shutil.rmtree(bench, ignore_errors=True)
