"""Which files two packaged archives differ in: names and sizes, by what is in them and not by their clocks."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

LARGEST_READ = 512 * 1024**2
"""Bytes unpacked to compare; an archive beyond that is compared by its own sums alone."""
LARGEST_TEXT = 400_000
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """`before` and `after` are bytes; None where it is not there."""

    path: str
    before: int | None
    after: int | None


def changed_files(before: Path, after: Path) -> list[ChangedFile] | None:
    """By path; None where one of them is no archive that can be read."""
    try:
        with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
            return _compared(old, new)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return None


def text_in(archive: Path, name: str) -> str | None:
    """A file of an archive as text; '' where it is not there, None where it is no text or too long to be read."""
    try:
        with zipfile.ZipFile(archive) as source:
            entry = source.NameToInfo.get(name)
            if entry is None:
                return ""
            if entry.file_size > LARGEST_TEXT:
                return None
            with source.open(entry) as file:
                content = file.read(LARGEST_TEXT + 1)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return None
    if len(content) > LARGEST_TEXT or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _compared(old: zipfile.ZipFile, new: zipfile.ZipFile) -> list[ChangedFile]:
    olds, news = _entries(old), _entries(new)
    readable = sum(entry.file_size for entry in (*olds.values(), *news.values())) <= LARGEST_READ
    found = []
    for path in sorted({*olds, *news}):
        a, b = olds.get(path), news.get(path)
        if a and b and _equal(old, a, new, b, readable=readable):
            continue
        found.append(ChangedFile(path, a.file_size if a else None, b.file_size if b else None))
    return found


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    return {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}


def _equal(
    old: zipfile.ZipFile, a: zipfile.ZipInfo, new: zipfile.ZipFile, b: zipfile.ZipInfo, *, readable: bool
) -> bool:
    if (a.file_size, a.CRC) != (b.file_size, b.CRC) or _mode(a) != _mode(b):
        return False
    # Two files can be made to have one sum: what is said to be equal is read.
    return not readable or _sha256(old, a) == _sha256(new, b)


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _sha256(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    digest = hashlib.sha256()
    with archive.open(entry) as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.digest()
