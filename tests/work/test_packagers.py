"""Which packager a job gets: one at work is waited for, but not for long; whichever is free first does it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seed.work.packaging.packagers import Packagers, Workbench
from seed.work.runner import Command, Executor, Exit

DONE = Exit("exited", 0, 0.0)


class Standing:
    """Loads when it is told to, and is at work until it is told to end."""

    def __init__(self) -> None:
        self.again = True
        self.loaded, self.began, self.may_end = (threading.Event() for _ in range(3))
        self.jobs = 0

    def ready(self, cancelled: Callable[[], bool]) -> bool:
        while not self.loaded.wait(0.01):
            if cancelled():
                return False
        return True

    def run(self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool]) -> Exit:  # noqa: ARG002, as the real one
        self.jobs += 1
        self.began.set()
        assert self.may_end.wait(30)
        return DONE

    def close(self) -> None:
        self.may_end.set()


class Runner:
    """Starts what was prepared, one after the other."""

    def __init__(self, *prepared: Standing) -> None:
        self.left = [*prepared]
        self.started = threading.Semaphore(0)

    def stand(self, command: Command) -> Standing:  # noqa: ARG002, as the real one
        self.started.release()
        return self.left.pop(0)

    def describe(self) -> Executor:
        return Executor("a test", sandboxed=False, stands=True)

    def run(
        self, command: Command, on_line: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Exit:
        raise AssertionError(command, on_line, cancelled)  # every job here goes to a packager


def bench_of(runner: Runner, folder: Path, *, patience: float) -> Workbench:
    return Packagers(
        runner, folder, lambda place: Command(("packager",), place), lambda _command: True,
        ready=0, each=2, patience=patience,
    ).lend()  # fmt: skip


def job(bench: Workbench, account: str = "one") -> Exit:
    return bench.run(Command(("package",), bench.folder, env={"AWS_ACCESS_KEY_ID": account}), lambda _line: None)


def test_a_packager_at_work_is_waited_for(tmp_path: Path) -> None:
    first = Standing()
    first.loaded.set()
    bench = bench_of(Runner(first), tmp_path, patience=60)

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(job, bench), pool.submit(job, bench)]
        assert first.began.wait(30)
        first.may_end.set()
        assert [one.result() for one in ended] == [DONE, DONE]
    assert first.jobs == len(ended)


def test_not_for_long_and_whichever_is_free_first_is_taken(tmp_path: Path) -> None:
    first, second = Standing(), Standing()
    first.loaded.set()
    runner = Runner(first, second)
    bench = bench_of(runner, tmp_path, patience=0)

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(job, bench)]
        assert first.began.wait(30)
        ended.append(pool.submit(job, bench))
        assert all(runner.started.acquire(timeout=30) for _ in range(2))  # the second is started, and never loads
        first.may_end.set()
        assert [one.result() for one in ended] == [DONE, DONE]
    assert (first.jobs, second.jobs) == (2, 0)


@pytest.mark.parametrize(("account", "jobs"), [("one", (2, 0)), ("another", (1, 1))])
def test_one_that_holds_the_credentials_of_an_account_serves_that_account_alone(
    tmp_path: Path, account: str, jobs: tuple[int, int]
) -> None:
    first, second = Standing(), Standing()
    for one in (first, second):
        one.loaded.set()
        one.may_end.set()
    bench = bench_of(Runner(first, second), tmp_path, patience=0)

    job(bench)
    job(bench, account)

    assert (first.jobs, second.jobs) == jobs
