"""Folders kept between builds of a stage: nobody else's, no larger than they may be, and never beyond the checkout."""

from __future__ import annotations

import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from seed.work.dependencies.dependency_cache import DependencyCache
from seed.work.dependencies.kept_folders import KeptFolders
from seed.work.runner import LocalRunner
from seed.work.source.checkout import Job


class Place:
    def __init__(self, folder: Path, most_mb: int = 40) -> None:
        self.folder = folder
        self.cache = DependencyCache(folder / "kept", most_mb)
        self.folders = KeptFolders(self.cache, LocalRunner(folder / "runs"), folder / "work", most_mb, 1, 1)
        self.said: list[str] = []
        self.job = Job(self.said.append, lambda: False)

    def tree(self, name: str) -> Path:
        tree = self.folder / "work" / name
        tree.mkdir(parents=True)
        return tree

    def keep(self, tree: Path, *paths: str) -> str:
        self.folders.keep(paths, tree, self.job)
        return self.said[-1]

    def back(self, tree: Path, *paths: str, folders: KeptFolders | None = None) -> str:
        (folders or self.folders).restore(paths, tree, self.job)
        return self.said[-1]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def filled(place: Place, path: str = ".cache/webpack") -> Path:
    tree = place.tree("one")
    (tree / path).mkdir(parents=True)
    (tree / path / "pack").write_text("from one")
    return tree


def test_a_folder_goes_to_the_next_build(place: Place) -> None:
    assert "is kept" in place.keep(filled(place), ".cache/webpack")

    two = place.tree("two")
    assert "is back" in place.back(two, ".cache/webpack")
    assert (two / ".cache/webpack/pack").read_text() == "from one"


@pytest.mark.parametrize("other", [{"app_id": 2}, {"stage_id": 2}])
def test_no_other_app_and_no_other_stage_is_given_it(place: Place, other: dict[str, int]) -> None:
    place.keep(filled(place), ".cache/webpack")

    two = place.tree("two")
    assert "is not kept yet" in place.back(two, ".cache/webpack", folders=replace(place.folders, **other))
    assert not list(two.iterdir())


def test_what_the_commit_has_stays_as_it_is(place: Place) -> None:
    place.keep(filled(place), ".cache/webpack")

    two = place.tree("two")
    (two / ".cache/webpack").mkdir(parents=True)
    (two / ".cache/webpack/pack").write_text("from the commit")
    place.back(two, ".cache/webpack")
    assert (two / ".cache/webpack/pack").read_text() == "from the commit"


def test_a_link_is_not_followed_wherever_it_stands(place: Place) -> None:
    outside = place.folder / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "sub" / "key").write_text("secret")
    tree = place.tree("one")
    (tree / "link").symlink_to(outside)
    (tree / "inside").mkdir()
    (tree / "inside" / "link").symlink_to(outside)

    assert "it is a link" in place.keep(tree, "link")
    assert "it is a link" in place.keep(tree, "link/sub")
    assert "is kept" in place.keep(tree, "inside")
    two = place.tree("two")
    place.back(two, "link", "link/sub", "inside")
    assert sorted(path.name for path in two.iterdir()) == ["inside"]
    assert (two / "inside" / "link").is_symlink()  # the link itself, as it was


@pytest.mark.parametrize(
    ("path", "said"),
    [("missing", "is not there"), ("file", "it is a file"), ("large", "larger than 10.0 MB, a quarter of")],
)
def test_what_cannot_be_kept_says_why(place: Place, path: str, said: str) -> None:
    tree = place.tree("one")
    (tree / "file").touch()
    (tree / "large").mkdir()
    (tree / "large" / "data").write_bytes(os.urandom(11 * 1024 * 1024))

    assert said in place.keep(tree, path)
    assert place.cache.held().size == 0


def test_a_changed_archive_is_dropped(place: Place) -> None:
    place.keep(filled(place), ".cache/webpack")
    [archive] = place.folder.glob("kept/*/*.tar")
    archive.write_bytes(archive.read_bytes()[:-512] + b"x" * 512)

    two = place.tree("two")
    assert "was damaged on the disk, so it begins empty" in place.back(two, ".cache/webpack")
    assert not list(two.iterdir())
    assert place.cache.counts.dropped == 1


def test_a_hostile_archive_does_not_get_out(place: Place) -> None:
    """One that nobody but an attacker with the disk could have put there, with its right hash."""
    target = place.folder / "outside"
    target.mkdir()
    hostile = place.folder / "hostile.tar"
    content = place.folder / "content"
    content.write_text("owned")
    with tarfile.open(hostile, "w") as tar:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, str(target)
        tar.addfile(link)
        for name in ("out/owned", f"../../{target.name}/owned", str(target / "owned")):
            tar.add(content, arcname=name)
    place.cache.put(place.folders.key("x"), hostile)

    place.back(place.tree("two"), "x")

    assert not list(target.iterdir())


def test_names_that_look_like_options_are_names(place: Place) -> None:
    tree = place.tree("one")
    name = "--checkpoint-action=exec=touch owned"
    (tree / name).mkdir()

    assert "is kept" in place.keep(tree, name)
    assert not list(place.folder.rglob("owned"))


def test_nothing_is_kept_where_the_operator_says_so(tmp_path: Path) -> None:
    place = Place(tmp_path, 0)
    assert "SEED_CACHE_PATHS_MB is 0" in place.keep(filled(place), ".cache/webpack")


def test_a_cancelled_build_keeps_nothing(place: Place) -> None:
    place.folders.keep([".cache/webpack"], filled(place), Job(place.said.append, lambda: True))

    assert place.said == []
    assert place.cache.held().size == 0


OTHER_TAR = """#!/bin/sh
case $1 in --version) echo 'bsdtar 3.5.3 - libarchive 3.7.4'; exit;; esac
for word; do case $word in --skip-old-files) echo "tar: Option $word is not supported"; exit 1;; esac; done
for word; do shift; case $word in -k) set -- "$@" --skip-old-files;; *) set -- "$@" "$word";; esac; done
exec /usr/bin/env -i PATH=/usr/bin:/bin tar "$@"
"""


def test_a_tar_that_is_not_gnus_brings_it_back_too(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "tar").write_text(OTHER_TAR)
    (bin_folder / "tar").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}:{os.environ['PATH']}")
    without_fence = replace(place.folders, runner=LocalRunner(tmp_path / "runs", "none"))
    place.keep(filled(place), ".cache/webpack")
    two = place.tree("two")
    (two / ".cache/webpack").mkdir(parents=True)
    (two / ".cache/webpack/own").write_text("of the commit")

    assert "is back" in place.back(two, ".cache/webpack", folders=without_fence)

    assert (two / ".cache/webpack/pack").read_text() == "from one"
