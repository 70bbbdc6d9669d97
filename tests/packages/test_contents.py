"""Which files two archives differ in: by what is in them, not by clocks or order; hostile archives are no trouble."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from seed.packages.contents import LARGEST_TEXT, ChangedFile, changed_files, text_in


def archive(place: Path, files: dict[str, bytes], year: int = 1990, mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            entry.external_attr = mode << 16
            target.writestr(entry, content)
    return place


def test_what_came_went_and_changed_is_told_with_its_sizes(tmp_path: Path) -> None:
    old = archive(tmp_path / "a", {"same.js": b"1", "changed.js": b"12", "gone.js": b"123", "dir/": b""})
    new = archive(tmp_path / "b", {"same.js": b"1", "changed.js": b"1234", "new.js": b"12345"})

    assert changed_files(old, new) == [
        ChangedFile("changed.js", 2, 4),
        ChangedFile("gone.js", 3, None),
        ChangedFile("new.js", None, 5),
    ]


def test_clocks_and_order_are_no_change(tmp_path: Path) -> None:
    old = archive(tmp_path / "a", {"a": b"1", "b": b"2"}, year=1990)
    new = archive(tmp_path / "b", {"b": b"2", "a": b"1"}, year=2020)

    assert changed_files(old, new) == []


def test_the_right_to_be_run_is_a_change(tmp_path: Path) -> None:
    old, new = archive(tmp_path / "a", {"run": b"1"}), archive(tmp_path / "b", {"run": b"1"}, mode=0o100755)

    assert changed_files(old, new) == [ChangedFile("run", 1, 1)]


def test_one_sum_for_two_contents_hides_nothing(tmp_path: Path) -> None:
    """Both have the CRC-32 4DDB0C25 and seven letters."""
    a, b = b"plumless", b"buckeroo"
    old, new = archive(tmp_path / "a", {"f": a}), archive(tmp_path / "b", {"f": b})
    with zipfile.ZipFile(old) as one, zipfile.ZipFile(new) as other:
        assert one.getinfo("f").CRC == other.getinfo("f").CRC

    assert changed_files(old, new) == [ChangedFile("f", 8, 8)]


def test_what_is_no_archive_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"no archive")

    assert changed_files(archive(tmp_path / "a", {"f": b"1"}), tmp_path / "b") is None
    assert changed_files(tmp_path / "none", tmp_path / "b") is None
    assert text_in(tmp_path / "b", "f") is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("größer".encode(), "größer"),
        (b"", ""),
        (b"a\0b", None),
        (b"\xff\xfe", None),
        (b"x" * (LARGEST_TEXT + 1), None),
    ],
)
def test_only_texts_that_can_be_read_are_read(tmp_path: Path, content: bytes, text: str | None) -> None:
    assert text_in(archive(tmp_path / "a", {"f": content}), "f") == text


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert text_in(archive(tmp_path / "a", {"f": b"1"}), "../f") == ""


def test_an_archive_that_lies_about_its_size_is_cut(tmp_path: Path) -> None:
    place = archive(tmp_path / "a", {"f": b"x" * 900_000})
    raw = bytearray(place.read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    place.write_bytes(raw)

    assert text_in(place, "f") in (None, "x" * 10)
