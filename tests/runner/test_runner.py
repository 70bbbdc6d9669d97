"""Running other people's code: fenced in, bounded, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.waiting import eventually

from seed.work.runner import Command, LocalRunner
from seed.work.runner.sandbox import installation


@pytest.fixture
def runner(tmp_path: Path) -> LocalRunner:
    return LocalRunner(tmp_path / "runs")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def run(runner: LocalRunner, work: Path, *argv: str, **more: object) -> tuple[object, list[str]]:
    lines: list[str] = []
    ended = runner.run(Command(argv, work, writable=(work,), **more), lines.append)
    return ended, lines


def test_it_works(runner: LocalRunner, work: Path) -> None:
    ended, lines = run(runner, work, "sh", "-c", "echo out; echo err >&2; echo file > made; exit 3")

    assert (ended.ending, ended.code, ended.ok) == ("exited", 3, False)
    assert lines == ["out", "err"]
    assert (work / "made").read_text() == "file\n"


def test_the_environment_is_whole_and_has_nothing_of_the_servers(runner: LocalRunner, work: Path) -> None:
    os.environ["SEED_SECRET_OF_THE_SERVER"] = "must not be seen"

    _, lines = run(runner, work, "env", env={"GIVEN": "1"})

    names = {line.split("=")[0] for line in lines}
    assert "GIVEN" in names
    assert names <= {"GIVEN", "PATH", "HOME", "TMPDIR", "LANG", "CI", "PWD", "SHLVL", "_"}


def test_the_servers_files_are_not_there(runner: LocalRunner, work: Path, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("secret")

    ended, _ = run(runner, work, "cat", str(secret))

    assert runner.describe().sandboxed
    assert ended.code != 0


def test_other_processes_are_not_there(runner: LocalRunner, work: Path) -> None:
    _, lines = run(runner, work, "sh", "-c", "ls /proc | grep -c '^[0-9]'")

    assert int(lines[0]) < 10


def test_what_is_only_readable_cannot_be_written(runner: LocalRunner, work: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()

    ended, _ = run(runner, work, "touch", str(shared / "x"), readable=(shared,))

    assert ended.code != 0


def test_a_command_without_network_reaches_nothing(runner: LocalRunner, work: Path) -> None:
    program = "import socket; socket.create_connection(('127.0.0.1', 1), 1)"

    _, lines = run(runner, work, "python3", "-c", program, network=False)

    assert any("Network is unreachable" in line or "refused" in line or "Errno" in line for line in lines)


def test_a_command_that_takes_too_long_is_stopped(runner: LocalRunner, work: Path) -> None:
    ended, _ = run(runner, work, "sleep", "60", timeout=0.5)

    assert ended.ending == "timeout"


def test_a_cancelled_command_leaves_no_process_behind(runner: LocalRunner, work: Path) -> None:
    script = "(setsid sh -c 'echo $$ > daemon; sleep 300' &) ; sleep 300"
    command = Command(("sh", "-c", script), work, writable=(work,))

    ended = runner.run(command, lambda _line: None, (work / "daemon").exists)

    assert ended.ending == "cancelled"
    eventually(lambda: not _sleeping(work), "the end of everything", 5)


def test_a_killed_worker_leaves_no_process_behind(work: Path, tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from seed.work.runner import *; import sys;"
        "w = Path(sys.argv[1]);"
        "LocalRunner(Path(sys.argv[2])).run("
        "Command(('sh', '-c', 'cd . ; setsid sleep 300 & touch begun; sleep 300'), w, writable=(w,)), print)"
    )
    worker = subprocess.Popen([sys.executable, "-c", program, str(work), str(tmp_path / "runs")])
    eventually((work / "begun").exists, "the command's start", 20)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    eventually(lambda: not _sleeping(work), "the end of everything", 5)


def _sleeping(work: Path) -> list[str]:
    """Processes whose working folder is the command's."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == work:
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_endless_lines_progress_bars_and_broken_text_are_tamed(runner: LocalRunner, work: Path) -> None:
    program = (
        "import sys; w = sys.stdout.buffer.write;"
        "w(b'10%\\r50%\\r100%\\n'); w(b'\\xff\\xfe broken\\n'); w(b'x' * 50000 + b'\\n'); w(b'last')"
    )

    _, lines = run(runner, work, "python3", "-c", program)

    assert lines[0] == "100%"
    assert "broken" in lines[1]
    assert max(len(line) for line in lines) <= 16_384 + 10
    assert lines[-1] == "last"


def test_a_program_that_is_not_installed_fails_clearly(runner: LocalRunner, work: Path) -> None:
    ended, lines = run(runner, work, "there-is-no-such-program")

    assert not ended.ok
    assert any("there-is-no-such-program" in line for line in lines)


def test_nothing_is_left_of_home_and_temporary_folder(runner: LocalRunner, work: Path, tmp_path: Path) -> None:
    run(runner, work, "sh", "-c", "touch $HOME/x $TMPDIR/y")

    assert list((tmp_path / "runs").iterdir()) == []


def test_a_program_that_npm_has_linked_is_seen_with_its_link(tmp_path: Path) -> None:
    package = tmp_path / "lib/node_modules/yarn"
    (package / "bin").mkdir(parents=True)
    (package / "bin/yarn.js").write_text("")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/yarn").symlink_to("../lib/node_modules/yarn/bin/yarn.js")

    assert installation(tmp_path / "bin/yarn") == (package, tmp_path / "bin")
    assert installation(package / "bin/yarn.js") == (package,)
