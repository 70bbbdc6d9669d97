"""Builds that write more than there is room for: a log that is cut, and a data folder whose disk is full to the last byte."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.repository import HANDLER, Repository
from tests.support.seeds import Seed, TestApp, ended, person, started
from tests.support.waiting import eventually

pytestmark = pytest.mark.campaign
DISK_MB = 500
FULL = "head -c 4G /dev/zero > full || head -c 4G /dev/zero > fuller; exit 1"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "seed-test", str(place))
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(("umount", "--lazy", str(place)), check=True)


@pytest.fixture
def app(disk: Path, tmp_path: Path) -> Iterator[TestApp]:
    server = started(disk / "data")
    app = Seed(server, person(server.world, "alice@example.com", "Alice")).app(Repository(tmp_path / "repository"))
    app.patience = 500
    assert app.deploy().state == "succeeded"
    yield app
    eventually(lambda: not server.world.engine.pending(), "the end of every job", app.patience)
    ended(server)


def commit(app: TestApp, number: int, *hook: str) -> None:
    app.repository.write("seed.yml", "before_build:\n" + "".join(f"  - {line}\n" for line in hook) if hook else "")
    app.repository.write("api/hello.js", f"{HANDLER}// {number}\n")
    app.repository.commit("Next")


def test_a_gigabyte_of_output_is_cut_and_the_build_succeeds(app: TestApp) -> None:
    commit(app, 1, "yes | head -c 1G", "head -c 1G /dev/zero | tr '\\\\0' x")

    build = app.deploy()

    row = app.service(build, "api")
    assert build.state == "succeeded", row.reason
    assert app.world.folders.log(row.id).stat().st_size < 70 * 1024 * 1024


def test_a_disk_that_is_full_fails_the_build_and_the_next_one_works(app: TestApp) -> None:
    commit(app, 1, FULL)

    build = app.deploy()

    row = app.service(build, "api")
    assert (build.state, row.state) == ("failed", "failed")
    assert "No space left on device" in row.reason
    commit(app, 2)
    assert app.deploy().state == "succeeded"
