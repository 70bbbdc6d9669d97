"""What a killed server left fenced in below its data folder ends at the next start; nothing else does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seed.work.runner.orphans import LOCK, end_orphans
from seed.work.runner.own import fence_around

pytestmark = pytest.mark.skipif(fence_around() is None, reason="no bubblewrap here")
WAITS = (sys.executable, "-c", "print('up', flush=True); input()")


@contextmanager
def waiting(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        try:
            yield process
        finally:
            process.kill()


def fenced(folder: Path) -> list[str]:
    folder.mkdir(parents=True)
    fence = fence_around()
    assert fence is not None
    return fence(WAITS, folder)


def test_what_is_fenced_in_below_the_folder_ends_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "inner").mkdir(parents=True)
    (data / "inner" / LOCK).touch()
    with (
        waiting(*fenced(data / "work/build-1")) as ours,
        waiting(*fenced(tmp_path / "data-of-another/work")) as other,
        waiting(*fenced(data / "inner/work/build-1")) as inner,
        waiting(*WAITS, str(data / "seed.db")) as reader,
    ):
        assert end_orphans(data) > 0

        assert ours.wait(10) != 0
        assert (other.poll(), inner.poll(), reader.poll()) == (None, None, None)
        assert end_orphans(data) == 0
