"""The kernel's limit on tasks: where groups are found, how one is entered, and that none is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.waiting import eventually

from seed.work.runner import Command, Limits, LocalRunner
from seed.work.runner.cage import cages

needs_groups = pytest.mark.skipif(cages() is None, reason="this process may make no control group with a maximum")
FORKS = (
    "python3 -c \"import os\ntry:\n  while True: os.fork() or os.pause()\nexcept BlockingIOError: print('refused')\""
)


def group(root: Path, *below: str) -> Path:
    """A hierarchy that lets anybody make groups; the kernel's own files are not there until written."""
    place = root.joinpath(*below)
    place.mkdir(parents=True)
    return place


@pytest.mark.parametrize(
    ("told", "parent"),
    [
        ("8:pids:/\n0::/x\n", "pids"),
        ("8:pids,cpu:/seed.service\n", "pids/seed.service"),
        ("0::/system.slice/seed.service/serve\n", "system.slice/seed.service"),
    ],
)
def test_groups_are_made_below_the_servers_own(tmp_path: Path, told: str, parent: str) -> None:
    group(tmp_path, parent)
    made = cages(told, tmp_path)

    cage = made.make(100)

    assert cage.door.parent.parent == tmp_path / parent
    assert (cage.door.parent / "pids.max").read_text() == "200"


@pytest.mark.parametrize("told", ["", "0::/\n", "8:pids:/gone\n"])
def test_where_none_can_be_made_there_is_none(tmp_path: Path, told: str) -> None:
    assert cages(told, tmp_path) is None


def test_what_a_killed_server_left_is_swept(tmp_path: Path) -> None:
    parent = group(tmp_path, "pids")
    left, alive = parent / "seed-99999999-3", parent / f"seed-{os.getppid()}-3"
    for folder in (left, alive):
        folder.mkdir()

    cages("8:pids:/\n", tmp_path)

    assert not left.exists()
    assert alive.exists()


@needs_groups
def test_the_kernel_refuses_what_forks_without_end_and_no_group_is_left(tmp_path: Path) -> None:
    runner = LocalRunner(tmp_path / "runs", limits=Limits(processes=50))
    work = tmp_path / "work"
    work.mkdir()

    ended = runner.run(Command(("bash", "-c", FORKS), work, writable=(work,), timeout=60), lambda _line: None)

    assert ended.ending == "limit"
    assert "More than 50 processes" in ended.reason

    def none_left() -> bool:
        runner._cages._sweep()
        return not runner._cages._done

    eventually(none_left, "the end of every group", 20)
