"""Where there is no fence: on a machine without bubblewrap, and on a system whose kernel knows nothing of Linux."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.waiting import eventually

from seed.work.runner import Command, Exit, Limits, LocalRunner
from seed.work.runner.tree import by_proc, by_ps, tree_sizes

PLATFORMS = ("linux", "darwin")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def a_runner(tmp_path: Path, platform: str, limits: Limits | None = None) -> LocalRunner:
    return LocalRunner(tmp_path / "runs", "none", limits=limits or Limits(), platform=platform)


def run(runner: LocalRunner, work: Path, script: str, **more: object) -> tuple[Exit, list[str]]:
    lines: list[str] = []
    ended = runner.run(Command(("bash", "-c", script), work, writable=(work,), **more), lines.append)
    return ended, lines


def test_it_works_with_a_home_and_a_temporary_folder_of_its_own(tmp_path: Path, work: Path, platform: str) -> None:
    ended, lines = run(a_runner(tmp_path, platform), work, 'ls "$HOME" "$TMPDIR" > /dev/null && echo out; exit 3')

    assert (ended.ending, ended.code, lines) == ("exited", 3, ["out"])
    assert not list((tmp_path / "runs").iterdir())


def test_a_program_that_is_not_installed_is_named(tmp_path: Path, work: Path, platform: str) -> None:
    lines: list[str] = []

    ended = a_runner(tmp_path, platform).run(Command(("no-such-program",), work), lines.append)

    assert (ended.code, lines) == (127, ["no-such-program is not installed here"])


def test_a_command_waits_for_no_child_but_its_own(tmp_path: Path, work: Path, platform: str) -> None:
    program = "import os\ntry: os.wait()\nexcept ChildProcessError: print('none')"

    _, lines = run(a_runner(tmp_path, platform), work, f'exec python3 -c "{program}"')

    assert lines == ["none"]


def test_it_ends_in_time_with_all_that_it_has_started(tmp_path: Path, work: Path, platform: str) -> None:
    ended, _ = run(a_runner(tmp_path, platform), work, "sleep 300 & sleep 300", timeout=0.5)

    assert ended.ending == "timeout"
    eventually(lambda: not _there(work), "the end of everything", 5)


def test_a_command_that_closes_its_output_goes_on_in_the_time_that_it_has(tmp_path: Path, work: Path) -> None:
    runner = a_runner(tmp_path, sys.platform)

    ended, _ = run(runner, work, "exec > log 2>&1; sleep 2.2; exit 7")
    late, _ = run(runner, work, "exec > log 2>&1; sleep 300", timeout=0.5)

    assert (ended.ending, ended.code) == ("exited", 7)
    assert late.ending == "timeout"


def test_a_killed_server_leaves_nothing_behind(tmp_path: Path, work: Path, platform: str) -> None:
    program = (
        "from pathlib import Path; from seed.work.runner import *; import sys;"
        "w = Path(sys.argv[1]);"
        "LocalRunner(Path(sys.argv[2]), 'none', platform=sys.argv[3]).run("
        "Command(('sh', '-c', 'sleep 300 & touch begun; sleep 300'), w, writable=(w,)), print)"
    )
    server = subprocess.Popen([sys.executable, "-c", program, str(work), str(tmp_path / "runs"), platform])
    eventually((work / "begun").exists, "the command's start", 20)

    server.send_signal(signal.SIGKILL)
    server.wait()

    eventually(lambda: not _there(work), "the end of everything", 5)


def test_its_own_memory_counts(tmp_path: Path, work: Path, platform: str) -> None:
    runner = a_runner(tmp_path, platform, Limits(memory_mb=100))

    ended, _ = run(runner, work, "exec python3 -c 'import time; held = b\"x\" * 200_000_000; time.sleep(60)'")

    assert (ended.ending, "100 MB" in ended.reason) == ("limit", True)


def test_too_many_processes_and_one_giant_file_are_stopped(tmp_path: Path, work: Path, platform: str) -> None:
    runner = a_runner(tmp_path, platform, Limits(processes=20, disk_mb=20))

    assert run(runner, work, "for i in $(seq 40); do sleep 60 & done; sleep 60")[0].ending == "limit"
    run(runner, work, "head -c 60000000 /dev/zero > giant")
    assert (work / "giant").stat().st_size <= 20 * 1024 * 1024


def test_ps_tells_what_proc_tells() -> None:
    with subprocess.Popen(["sleep", "60"]) as below:
        seen = [len(list(tree_sizes(os.getpid(), read()))) for read in (by_proc, by_ps)]
        below.kill()

    assert seen[0] >= 2
    assert seen[1] >= 2


def test_a_fence_that_is_missing_is_told_unless_it_was_asked_for(tmp_path: Path) -> None:
    missing = LocalRunner(tmp_path / "runs", "auto", platform="darwin").describe()
    asked = LocalRunner(tmp_path / "runs", "none", platform="darwin").describe()

    assert (missing.sandboxed, missing.network) == (False, "all")
    assert missing.note.startswith("Builds run without a sandbox")
    assert asked.note == ""


def _there(work: Path) -> list[str]:
    """Processes whose working folder is the command's."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == work:
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found
