"""A mirror that is damaged heals, and one whose repository is away is left as it is."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.repository import Repository

from seed.git import Mirror, RepositoryNotReadable
from seed.git.command import git
from seed.git.merge import merged


def overwritten(pattern: str, content: bytes, at: int = 0) -> Callable[[Path], None]:
    """Written as a bad disk does: in place. The file is the mirror's own, not one it shares."""

    def change(folder: Path) -> None:
        for file in folder.glob(pattern):
            was = file.read_bytes()
            file.unlink()
            file.write_bytes(was[:at] + content + was[at + len(content) :] if at else content)

    return change


def gone(pattern: str) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        for file in list(folder.glob(pattern)):
            shutil.rmtree(file) if file.is_dir() else file.unlink()

    return remove


DAMAGES = {
    "a pack that is gone": gone("objects/pack/*.pack"),
    "every object gone": gone("objects/pack/*"),
    "a pack cut short": overwritten("objects/pack/*.pack", b"PACK"),
    "an index cut short": overwritten("objects/pack/*.idx", b"x"),
    "a pack whose first object is wrong": overwritten("objects/pack/*.pack", b"X" * 30, 12),
    "a pack whose last object is wrong": overwritten("objects/pack/*.pack", b"X" * 40, 15_000),
    "a config that is none": overwritten("config", b"[core\nbroken"),
    "no config": gone("config"),
    "no HEAD": gone("HEAD"),
    "an empty HEAD": overwritten("HEAD", b""),
    "refs that are none": overwritten("packed-refs", b"zzz"),
    "no folder of refs": gone("refs"),
    "no folder of objects": gone("objects"),
}


FETCHED_AGAIN = {"a pack that is gone", "every object gone", "a pack cut short", "an index cut short"}
"""Git fetches by itself what it knows to be missing."""


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_mirror_heals(repository: Repository, tmp_path: Path, what: str) -> None:
    repository.write("large", random.Random(1).randbytes(20_000).hex())
    sha = repository.commit("Second")
    git(("repack", "-adq"), cwd=repository.folder)
    mirror = Mirror(tmp_path / "mirror.git", str(repository.folder))
    mirror.sync()
    told: list[str] = []
    mirror.hear.append(told.append)
    DAMAGES[what](mirror.folder)

    mirror.sync()
    mirror.checkout(sha, tmp_path / "tree")

    assert len((tmp_path / "tree/large").read_text()) == 40_000
    aside = mirror.folder.with_suffix(".damaged")
    assert aside.exists() == bool(told)
    assert bool(told) == (what not in FETCHED_AGAIN)
    assert all("is damaged (" in one and "cloned anew" in one for one in told)


def test_a_damaged_mirror_stays_while_its_repository_cannot_be_reached(
    repository: Repository, mirror: Mirror, tmp_path: Path
) -> None:
    (mirror.folder / "config").write_text("[core\nbroken")
    repository.folder.rename(tmp_path / "away")

    with pytest.raises(RepositoryNotReadable):
        mirror.sync()

    assert (mirror.folder / "packed-refs").exists()
    assert not mirror.folder.with_suffix(".half").exists()


def test_a_repository_that_is_away_is_no_damage(repository: Repository, mirror: Mirror, tmp_path: Path) -> None:
    told: list[str] = []
    mirror.hear.append(told.append)
    repository.folder.rename(tmp_path / "away")

    with pytest.raises(RepositoryNotReadable):
        mirror.sync()

    assert told == []


def test_a_renewed_mirror_has_what_it_merged_itself(repository: Repository, mirror: Mirror) -> None:
    git(("checkout", "-q", "-b", "side"), cwd=repository.folder)
    repository.write("side", "x")
    side = repository.commit("Aside")
    git(("checkout", "-q", "main"), cwd=repository.folder)
    repository.write("main", "x")
    base = repository.commit("Main")
    mirror.sync()
    merge = merged(mirror, base, side)
    before = mirror.folder.stat().st_ino

    mirror.renew("asked for by force")

    assert mirror.folder.stat().st_ino != before
    assert {"side", "main"} <= set(mirror.files(merge))
    git(("fsck",), cwd=repository.folder)
    assert not mirror.folder.with_suffix(".damaged").exists()
