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
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from seed.work.runner import Command, Exit, LocalRunner, Standing

PREFIX = "bench-"
Account = frozenset[tuple[str, str]]


class Workbench:
    """A runner: jobs of the bundled framework go to a packager, every other command to the runner beneath."""

    def __init__(self, pool: Packagers, folder: Path, *, background: bool) -> None:
        self.folder = folder
        self._pool, self._background = pool, background
        self._idle: list[tuple[Account | None, Future[Standing]]] = []
        self._all: list[Future[Standing]] = []
        self._lock = threading.Lock()
        self._room = threading.Semaphore(pool.each)

    @property
    def tree(self) -> Path:
        """Where the build's files go. Made by whoever checks out."""
        return self.folder / "source"

    def make_ready(self) -> None:
        """One packager is started now, for the first job."""
        with self._lock:
            self._idle.append((None, self._start()))

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        if not self._pool.takes(command) or not command.cwd.is_relative_to(self.folder):
            return self._pool.runner.run(command, on_line, cancelled)
        with self._room:
            account = _account(command)
            with self._lock:
                taken = self._take(account)
            packager = taken.result()
            if packager.ready(cancelled):
                ended = packager.run(command, on_line, cancelled)
            else:
                ended = self._pool.runner.run(command, on_line, cancelled)
            if packager.again:
                with self._lock:
                    self._idle.append((account, taken))
            else:
                packager.close()
            return ended

    def _take(self, account: Account) -> Future[Standing]:
        """The framework keeps the credentials that it saw first: one that has seen others is not for this job."""
        for place, (seen, packager) in enumerate(self._idle):
            if seen in (None, account):
                del self._idle[place]
                return packager
        return self._start()

    def close(self) -> None:
        """Its processes end; the folder stays until the build's files are not needed any more."""
        with self._lock:
            started, self._all, self._idle = self._all, [], []
        for one in started:
            one.result().close()

    def _start(self) -> Future[Standing]:
        one = self._pool.start(self.folder, background=self._background)
        self._all.append(one)
        return one


class Packagers:
    """`ready` benches wait with one packager each; a bench holds up to `each` at work."""

    def __init__(
        self,
        runner: LocalRunner,
        folder: Path,
        start: Callable[[Path], Command],
        takes: Callable[[Command], bool],
        *,
        ready: int,
        each: int,
    ) -> None:
        self.runner, self.each = runner, each
        self.takes = takes
        self._folder, self._command, self._wanted = folder, start, ready
        self._waiting: list[Workbench] = []
        self._kept: dict[int, Workbench] = {}
        self._lock = threading.Lock()
        # The kernel ends a leashed process with the thread that started it: this one stays.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="packagers")
        self._stopped = False

    def start(self, folder: Path, *, background: bool) -> Future[Standing]:
        command = replace(self._command(folder), background=background)
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
