"""What every executor promises, whether commands run on this machine or on another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.remote_runner import RemoteRunner

from seed.work.packaging.packagers import Packagers
from seed.work.runner import Command, Exit, LocalRunner, Runner


@pytest.fixture(params=[LocalRunner, RemoteRunner])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    made: Runner = request.param(tmp_path / "machine")
    return made


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "source").write_text("of the build")
    return folder


def run(
    runner: Runner, work: Path, script: str, cancelled: Callable[[], bool] = lambda: False, **more: object
) -> tuple[Exit, list[str]]:
    lines: list[str] = []
    command = Command(("bash", "-c", script), work, writable=(work,), **more)
    return runner.run(command, lines.append, cancelled), lines


def test_a_command_finds_its_folders_and_what_it_writes_is_there_afterwards(runner: Runner, work: Path) -> None:
    ended, lines = run(runner, work, "cat source; echo made > result; rm source; exit 3")

    assert (ended.ending, ended.code, lines) == ("exited", 3, ["of the build"])
    assert [path.name for path in work.iterdir()] == ["result"]


def test_what_is_only_readable_is_read_and_not_written(runner: Runner, work: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "tool").write_text("a tool")

    ended, lines = run(runner, work, f"cat {shared}/tool; echo; echo x > {shared}/tool", readable=(shared,))

    assert not ended.ok
    assert lines[0] == "a tool"
    assert (shared / "tool").read_text() == "a tool"


def test_the_environment_is_the_commands_own_with_a_home_and_a_temporary_folder(runner: Runner, work: Path) -> None:
    ended, lines = run(runner, work, 'touch "$HOME/a" "$TMPDIR/b"; echo "$GIVEN [$SEED_DATA]"', env={"GIVEN": "given"})

    assert ended.ok
    assert lines == ["given []"]


def test_a_home_that_is_kept_is_there_for_the_next_command(runner: Runner, work: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()

    run(runner, work, 'echo kept > "$HOME/file"', home=home)

    assert run(runner, work, 'cat "$HOME/file"', home=home)[1] == ["kept"]


def test_it_ends_in_time_and_when_it_is_cancelled_with_what_it_wrote(runner: Runner, work: Path) -> None:
    late, _ = run(runner, work, "echo x > begun; sleep 60", timeout=1)
    stopped, _ = run(runner, work, "sleep 60", cancelled=lambda: True)

    assert (late.ending, late.code, stopped.ending) == ("timeout", None, "cancelled")
    assert (work / "begun").is_file()


def test_it_says_what_it_is(runner: Runner) -> None:
    described = runner.describe()

    assert described.name
    assert described.sandboxed


def test_packaging_works_with_one_that_can_keep_no_command_standing(runner: Runner, tmp_path: Path) -> None:
    """A job is its own command then."""
    start = lambda place: Command(("sleep", "60"), place)  # noqa: E731
    packagers = Packagers(runner, tmp_path / "benches", start, lambda _command: True, ready=0, each=1)
    bench = packagers.lend()
    bench.tree.mkdir()
    lines: list[str] = []

    if not runner.describe().stands:
        ended = bench.run(Command(("echo", "packaged"), bench.tree, writable=(bench.tree,)), lines.append)
        assert (ended.ok, lines) == (True, ["packaged"])
    assert packagers.takes(Command(("x",), bench.tree)) is runner.describe().stands
    packagers.stop()
