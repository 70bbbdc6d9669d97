"""A command that stands ready: one job after another, each with its own output and end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.waiting import eventually

from seed.work.runner import Command, Limits, LocalRunner, Standing

ECHO = """
import json, os, socket, subprocess, sys, time
HOLDS = "x = bytearray(400 * 1024 * 1024); import time; time.sleep(60)"
control = socket.socket(fileno=int(os.environ["SEED_CONTROL"]))
print("starting", flush=True)
say = lambda **message: control.sendall(json.dumps(message).encode() + b"\\n")
say(ready=sys.argv[1] != "broken")
if sys.argv[1] == "fleeting": os._exit(0)
for line in control.makefile():
    job = json.loads(line)
    word, *rest = job["argv"]
    if word == "say": print(*rest, job["env"].get("GIVEN", ""), job["cwd"], flush=True)
    if word == "sleep": time.sleep(300)
    if word == "leave": subprocess.Popen([sys.executable, "-c", HOLDS])
    if word == "shout": print(("y" * 1000 + "\\n") * 3000, flush=True)
    if word == "exit": print("last word", flush=True); os._exit(int(rest[0]))
    say(code=int(rest[0]) if word == "code" else 0, again=word != "spoil")
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "echo.py").write_text(ECHO)
    return folder


@pytest.fixture
def standing(tmp_path: Path, work: Path) -> Iterator[Standing]:
    one = stand(tmp_path, work, "ready")
    yield one
    one.close()


def stand(tmp_path: Path, work: Path, word: str) -> Standing:
    argv = ("python3", str(work / "echo.py"), word)
    return LocalRunner(tmp_path / "runs").stand(Command(argv, work, writable=(work,)))


def ask(standing: Standing, work: Path, *argv: str, timeout: float = 20) -> tuple[object, list[str]]:
    lines: list[str] = []
    assert standing.ready(lambda: False)
    job = Command(("program", "itself", *argv), work, {"GIVEN": "given"}, timeout=timeout)
    return standing.run(job, lines.append, lambda: False), lines


def test_each_job_has_its_own_output_environment_and_end(standing: Standing, work: Path) -> None:
    first, said = ask(standing, work, "say", "one")
    second, nothing = ask(standing, work, "code", "3")

    assert (first.ending, first.code) == ("exited", 0)
    assert said == [f"one given {work}"]  # and nothing of what it said while it started
    assert (second.code, second.ok, nothing) == (3, False, [])
    assert standing.again


def test_it_says_when_it_is_not_fit_for_another_job(standing: Standing, work: Path) -> None:
    ended, _ = ask(standing, work, "spoil")

    assert ended.ok
    assert not standing.again


@pytest.mark.parametrize("code", [0, 4])
def test_a_job_that_ends_the_process_has_its_code_and_its_last_word(standing: Standing, work: Path, code: int) -> None:
    ended, lines = ask(standing, work, "exit", str(code))

    assert (ended.ending, ended.code, lines) == ("exited", code, ["last word"])
    assert not standing.again


def test_a_job_has_a_time_limit_and_can_be_cancelled(tmp_path: Path, standing: Standing, work: Path) -> None:
    late, _ = ask(standing, work, "sleep", timeout=0.3)
    other = stand(tmp_path, work, "ready")
    assert other.ready(lambda: False)
    stopped = other.run(Command(("p", "i", "sleep"), work), print, lambda: True)
    other.close()

    assert (late.ending, stopped.ending) == ("timeout", "cancelled")
    assert not standing.again


def test_what_a_job_says_is_kept_up_to_the_limit_of_the_runner(tmp_path: Path, work: Path) -> None:
    runner = LocalRunner(tmp_path / "runs", limits=Limits(output_mb=1))
    standing = runner.stand(Command(("python3", str(work / "echo.py"), "ready"), work, writable=(work,)))

    ended, lines = ask(standing, work, "shout")
    standing.close()

    assert ended.ok
    assert lines[-1] == "[output beyond 1 MB is dropped]"


def test_one_that_cannot_start_says_so(tmp_path: Path, work: Path) -> None:
    standing = stand(tmp_path, work, "broken")

    assert not standing.ready(lambda: False)
    assert not standing.again
    standing.close()


def test_one_that_ended_while_it_stood_is_not_ready_any_more(tmp_path: Path, work: Path) -> None:
    standing = stand(tmp_path, work, "fleeting")

    eventually(lambda: not standing.ready(lambda: False), "noticing it", 5)
    assert not standing.again
    standing.close()


def test_what_a_job_left_in_it_keeps_the_limits_of_a_job(tmp_path: Path, work: Path) -> None:
    runner = LocalRunner(tmp_path / "runs", limits=Limits(memory_mb=256))
    standing = runner.stand(Command(("python3", str(work / "echo.py"), "ready"), work, writable=(work,)))

    ended, _ = ask(standing, work, "leave")
    eventually(lambda: not standing.ready(lambda: False), "its end", 20)

    assert ended.ok
    eventually(lambda: not _working_in(work), "the end of everything", 5)
    standing.close()


def test_closing_leaves_no_process_and_no_folder(tmp_path: Path, standing: Standing, work: Path) -> None:
    assert standing.ready(lambda: False)

    standing.close()

    assert list((tmp_path / "runs").iterdir()) == []
    eventually(lambda: not _working_in(work), "the end of everything", 5)


def _working_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                found.append(entry.name)
        except OSError:
            continue
    return found
