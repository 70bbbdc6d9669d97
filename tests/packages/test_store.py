"""What is stored is whole, is what its address says, and is never written twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seed.frameworks.assembly import Assembly
from seed.packages import DiskStore, PackageDamaged, Trusted, trust
from seed.packages.errors import PackageGone


@pytest.fixture
def made(tmp_path: Path) -> Trusted:
    (tmp_path / "code").write_bytes(b"code")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    template = {"Resources": {"F": {"Properties": {"S3Bucket": "b", "S3Key": "k/code"}}}}
    given = Assembly("s", template, {"k/code": tmp_path / "code"}, "r", "x")
    return trust(given, bucket="ours", scratch=scratch)


def files(folder: Path) -> dict[Path, float]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_what_was_put_is_there(tmp_path: Path, made: Trusted) -> None:
    store = DiskStore(tmp_path / "store")
    store.put(made)
    assert store.get_package(made.package.digest) == made.package
    [asset] = made.package.assets
    assert store.path(asset.sha256).read_bytes() == b"code"


def test_putting_twice_is_putting_once(tmp_path: Path, made: Trusted) -> None:
    store = DiskStore(tmp_path / "store")
    store.put(made)
    before = files(tmp_path / "store")
    store.put(made)
    assert files(tmp_path / "store") == before
    assert len(before) == 2


def test_damage_is_told_and_mended_by_the_next_build(tmp_path: Path, made: Trusted) -> None:
    store = DiskStore(tmp_path / "store")
    store.put(made)
    for path in files(tmp_path / "store"):
        path.write_bytes(path.read_bytes().replace(b"code", b"evil"))
    [asset] = made.package.assets
    with pytest.raises(PackageDamaged):
        store.path(asset.sha256)
    for path in (tmp_path / "store" / "packages").rglob("*"):
        if path.is_file():
            path.write_text(path.read_text().replace('"s"', '"t"'))
    with pytest.raises(PackageDamaged):
        store.get_package(made.package.digest)
    store.put(made)
    assert store.get_package(made.package.digest) == made.package
    assert store.path(asset.sha256).read_bytes() == b"code"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"assets": [{}]}', "\xff"])
def test_a_torn_package_is_damaged(tmp_path: Path, made: Trusted, text: str) -> None:
    store = DiskStore(tmp_path / "store")
    store.put(made)
    [place] = [path for path in (tmp_path / "store" / "packages").rglob("*") if path.is_file()]
    place.write_bytes(text.encode("latin-1"))
    with pytest.raises(PackageDamaged):
        store.get_package(made.package.digest)


@pytest.mark.parametrize("address", ["0" * 64, "", "../../etc/passwd", "sha256:../x", "A" * 64])
def test_what_is_not_stored_is_gone(tmp_path: Path, address: str) -> None:
    store = DiskStore(tmp_path)
    with pytest.raises(PackageGone):
        store.get_package(address)
    with pytest.raises(PackageGone):
        store.path(address)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from seed.packages import DiskStore, StoreFull
from tests.packages.test_store import small_and_large
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
made = small_and_large(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    DiskStore(folder / "store").put(made)
except StoreFull as error:
    print(error.code)
"""


def small_and_large(folder: Path) -> Trusted:
    (folder / "large").write_bytes(b"x" * 100_000)
    template = {"Resources": {"F": {"Properties": {"S3Bucket": "b", "S3Key": "large"}}}}
    return trust(Assembly("s", template, {"large": folder / "large"}, "r", "x"), bucket="b", scratch=folder)


def test_a_disk_that_takes_no_more_leaves_nothing_half(tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow over a limit."""
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert ran.stdout.strip() == "store-full"
    assert files(tmp_path / "store") == {}
