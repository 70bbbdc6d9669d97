"""A file's address says what is in it, and no clock can change it."""

from __future__ import annotations

import base64
import hashlib
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.packages.zips import EPOCH, FILES, LATER, Entry, zipped

from seed.packages import AssetMissing
from seed.packages.assets import Addressed, address


def test_the_same_contents_at_another_time_are_the_same_bytes(tmp_path: Path) -> None:
    one = address(zipped(tmp_path / "1.zip", FILES), tmp_path)
    two = address(zipped(tmp_path / "2.zip", FILES[::-1], LATER), tmp_path)
    assert one.rewritten
    assert one.sha256 == two.sha256 == hashlib.sha256(one.path.read_bytes()).hexdigest()
    assert one.key == f"assets/{one.sha256[:2]}/{one.sha256}.zip"
    assert base64.b64decode(one.code_sha256).hex() == one.sha256


def test_names_kinds_modes_and_contents_survive(tmp_path: Path) -> None:
    stored = address(zipped(tmp_path / "1.zip", [*FILES, ("d/", b"", 0o40700)]), tmp_path)
    with zipfile.ZipFile(stored.path) as found:
        assert found.testzip() is None
        kept = {i.filename: (found.read(i), i.external_attr >> 16, i.date_time) for i in found.infolist()}
    assert kept == {
        "a/run": (b"#!", 0o100755, EPOCH),
        "b.js": (b"b", 0o100644, EPOCH),
        "d/": (b"", 0o40755, EPOCH),
        "link": (b"a/run", stat.S_IFLNK | 0o777, EPOCH),
    }


@pytest.mark.parametrize(
    "changed",
    [
        [("b.js", b"B", 0o100644), *FILES[1:]],
        [("c.js", b"b", 0o100644), *FILES[1:]],
        [("b.js", b"b", 0o100755), *FILES[1:]],
        FILES[1:],
    ],
)
def test_what_counts_changes_the_address(tmp_path: Path, changed: list[Entry]) -> None:
    before = address(zipped(tmp_path / "1.zip", FILES), tmp_path)
    assert address(zipped(tmp_path / "2.zip", changed), tmp_path).sha256 != before.sha256


def test_who_may_read_it_on_the_builder_does_not(tmp_path: Path) -> None:
    before = address(zipped(tmp_path / "1.zip", [("a", b"a", 0o100644)]), tmp_path)
    assert address(zipped(tmp_path / "2.zip", [("a", b"a", 0o100600)]), tmp_path).sha256 == before.sha256


def test_a_zip_without_clocks_is_left_as_it_is(tmp_path: Path) -> None:
    file = zipped(tmp_path / "1.zip", FILES, EPOCH)
    assert address(file, tmp_path) == Addressed(
        file, hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size, ".zip", rewritten=False
    )


def test_a_clock_in_the_extra_fields_is_found(tmp_path: Path) -> None:
    unix_time = b"UT\x05\x00\x03\x01\x02\x03\x04"
    assert address(zipped(tmp_path / "1.zip", FILES, EPOCH, unix_time), tmp_path).rewritten


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04 torn"])
def test_what_is_no_readable_zip_is_bytes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    assert address(tmp_path / "a.bin", tmp_path).sha256 == hashlib.sha256(content).hexdigest()


def test_a_damaged_zip_is_bytes(tmp_path: Path) -> None:
    file = zipped(tmp_path / "1.zip", [("a", b"a" * 5000, 0o100644)])
    content = bytearray(file.read_bytes())
    content[40] ^= 0xFF
    file.write_bytes(content)
    assert address(file, tmp_path).sha256 == hashlib.sha256(content).hexdigest()
    assert list(tmp_path.glob("*.half")) == []


def test_a_suffix_of_the_repository_is_no_part_of_a_key_unless_it_is_plain(tmp_path: Path) -> None:
    (tmp_path / "a.zip\n..").write_bytes(b"x")
    assert address(tmp_path / "a.zip\n..", tmp_path).key.endswith(".bin")


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing):
        address(tmp_path / "none.zip", tmp_path)


@given(
    st.dictionaries(st.from_regex(r"[a-zé/]{1,9}[a-z]", fullmatch=True), st.binary(max_size=99), min_size=1),
    st.randoms(use_true_random=False),
)
def test_order_and_time_never_count(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], random: object
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    entries = [(name, content, 0o100644) for name, content in files.items()]
    shuffled = entries.copy()
    random.shuffle(shuffled)
    one = address(zipped(folder / "1.zip", entries), folder)
    assert one.sha256 == address(zipped(folder / "2.zip", shuffled, LATER), folder).sha256
