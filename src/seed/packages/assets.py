"""Address a file by what is in it.

A zip's address is made of its entries (name, kind, execute bit, contents), never of their times. A zip that
carries clocks is written anew without them, so that the same contents are the same bytes too.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20
EXECUTE = 0o111


@dataclass(frozen=True, slots=True)
class Addressed:
    """`path` holds the bytes that are stored; `rewritten` when they are not the framework's own."""

    path: Path
    sha256: str
    code_sha256: str
    size: int
    rewritten: bool


def address(path: Path, scratch: Path) -> Addressed:
    """`scratch` is a folder for a rewritten zip."""
    if not zipfile.is_zipfile(path):
        digest = _digest(path)
        return Addressed(path, digest.hex(), _base64(digest), path.stat().st_size, rewritten=False)
    with zipfile.ZipFile(path) as source:
        entries = sorted(source.infolist(), key=lambda entry: entry.filename)
        content = _contents(source, entries)
        timeless = all(entry.date_time == EPOCH for entry in entries)
        stored = path if timeless else _rewrite(source, entries, scratch / f"{content}.zip")
    digest = _digest(stored)
    return Addressed(stored, content, _base64(digest), stored.stat().st_size, rewritten=not timeless)


def _contents(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    whole = hashlib.sha256()
    for entry in entries:
        one = hashlib.sha256()
        with source.open(entry) as file:
            while block := file.read(BLOCK):
                one.update(block)
        mode = "x" if (entry.external_attr >> 16) & EXECUTE else "-"
        whole.update(f"{len(entry.filename)}:{entry.filename}\0{mode}\0{one.hexdigest()}\n".encode())
    return whole.hexdigest()


def _rewrite(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo], to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for entry in entries:
            clean = zipfile.ZipInfo(entry.filename, EPOCH)
            clean.external_attr = entry.external_attr
            clean.create_system = 3  # unix, so that the mode counts
            clean.compress_type = zipfile.ZIP_DEFLATED
            with source.open(entry) as file, target.open(clean, "w") as out:
                while block := file.read(BLOCK):
                    out.write(block)
    return to


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
