"""Address a file by what is in it.

A zip that carries clocks is written anew without them: same contents, same bytes, same address. A zip
without them keeps its bytes, so that it is what the framework's own deploy command would have sent.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from seed.packages.errors import AssetMissing, AssetTooLarge

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""
TIMELESS_EXTRA = frozenset({b"", b"UT\x05\x00\x03\x00\x00\x00\x00", b"UT\x05\x00\x01\x00\x00\x00\x00"})
"""No extra fields, or unix times of nought."""
LARGEST = 2 * 1024**3
"""Bytes unpacked, far beyond what Lambda takes: a zip that unpacks to more is a trick or a mistake."""
BLOCK = 1 << 20
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Addressed:
    """`path` holds the bytes that are stored; `rewritten` when they are not the framework's own."""

    path: Path
    sha256: str
    size: int
    suffix: str
    rewritten: bool

    @property
    def code_sha256(self) -> str:
        """As Lambda tells it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()

    @property
    def key(self) -> str:
        return f"assets/{self.sha256[:2]}/{self.sha256}{self.suffix}"


def address(path: Path, scratch: Path) -> Addressed:
    """`scratch` is a folder for a rewritten zip."""
    try:
        return _address(path, scratch)
    except FileNotFoundError:
        raise AssetMissing(f"The file {path.name} of this package does not exist.", where=path.name) from None


def address_text(text: str, suffix: str, scratch: Path) -> Addressed:
    """A file that Seed wrote itself, such as a nested template made canonical."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    path = scratch / f"{digest}{suffix}"
    path.write_bytes(content)
    return Addressed(path, digest, len(content), suffix, rewritten=False)


def _address(path: Path, scratch: Path) -> Addressed:
    stored = _without_clock(path, scratch) if zipfile.is_zipfile(path) else path
    with stored.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    suffix = path.suffix if SUFFIX.fullmatch(path.suffix) else ".bin"
    return Addressed(stored, digest, stored.stat().st_size, suffix, rewritten=stored != path)


def _without_clock(path: Path, scratch: Path) -> Path:
    """The file itself where it carries none, or is no zip that can be read: then it is bytes like others."""
    try:
        with zipfile.ZipFile(path) as source:
            entries = source.infolist()
            if all(_timeless(entry) for entry in entries):
                return path
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise AssetTooLarge(f"{path.name} unpacks to more than 2 GB.", where=path.name)
            return _rewrite(source, entries, scratch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return path


def _timeless(entry: zipfile.ZipInfo) -> bool:
    return entry.date_time[0] <= EPOCH[0] and entry.extra in TIMELESS_EXTRA


def _rewrite(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo], scratch: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=scratch, suffix=".half")
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            _write(source, sorted(entries, key=lambda entry: entry.filename), raw)
        with half.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return half.rename(scratch / f"{digest}.zip")
    finally:
        half.unlink(missing_ok=True)


def _write(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo], raw: IO[bytes]) -> None:
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for entry in entries:
            clean = zipfile.ZipInfo(entry.filename, EPOCH)
            clean.external_attr = _mode(entry) << 16
            clean.create_system = 3  # unix, so that the mode counts
            clean.compress_type = zipfile.ZIP_DEFLATED
            clean.file_size = entry.file_size
            with source.open(entry) as file, target.open(clean, "w") as out:
                while block := file.read(BLOCK):
                    out.write(block)


def _mode(entry: zipfile.ZipInfo) -> int:
    """Kind (file, folder, link) and execute bit count; who may read it on the builder does not."""
    given = entry.external_attr >> 16
    if entry.is_dir():
        return stat.S_IFDIR | 0o755
    if stat.S_ISLNK(given):
        return stat.S_IFLNK | 0o777
    return stat.S_IFREG | (0o755 if given & 0o111 else 0o644)
