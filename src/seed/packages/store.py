"""Keep packages and their files, each under the hash of what it is.

Files are written beside their place, synced and renamed, so that a name always means whole contents; they
are hashed again when they are read, so that a damaged disk is told of and never deployed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from seed.packages.errors import PackageDamaged, PackageGone, StoreFull
from seed.packages.package import Package
from seed.packages.trust import Trusted

HEX = re.compile(r"[0-9a-f]{64}")
AGAIN = "Build the commit again."


class PackageStore(Protocol):
    """Content-addressed: putting twice is putting once, and mends what was damaged."""

    def put(self, trusted: Trusted) -> None: ...
    def get_package(self, digest: str) -> Package:
        """Raises PackageGone, or PackageDamaged where the stored text is not what its digest says."""
        ...

    def path(self, sha256: str) -> Path:
        """The local file of an asset, its bytes checked. Raises as `get_package`."""
        ...


class DiskStore:
    """On the server's own disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, trusted: Trusted) -> None:
        """Files first: a package that is there is whole."""
        for sha256, path in trusted.files.items():
            place = self._place("files", sha256)
            if not place.is_file() or _sha256(place) != sha256:
                self._write(place, path)
        digest = trusted.package.digest
        try:
            self.get_package(digest)
        except (PackageGone, PackageDamaged):
            place = self._place("packages", digest.removeprefix("sha256:"))
            self._write(place, trusted.package.to_json())

    def get_package(self, digest: str) -> Package:
        place = self._place("packages", digest.removeprefix("sha256:"))
        try:
            package = Package.from_json(place.read_text())
        except FileNotFoundError:
            raise PackageGone(f"The package {digest[:19]} is not stored.", hint=AGAIN) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _damaged(f"package {digest[:19]}") from None
        if package.digest != digest:
            raise _damaged(f"package {digest[:19]}")
        return package

    def path(self, sha256: str) -> Path:
        place = self._place("files", sha256)
        if not place.is_file():
            raise PackageGone(f"The file {sha256[:12]} is not stored.", hint=AGAIN)
        if _sha256(place) != sha256:
            raise _damaged(f"file {sha256[:12]}")
        return place

    def _place(self, kind: str, name: str) -> Path:
        if not HEX.fullmatch(name):
            raise PackageGone(f"{name[:19]!r} is not the address of a stored package.", hint=AGAIN)
        return self._folder / kind / name[:2] / name

    def _write(self, place: Path, source: Path | str) -> None:
        half: Path | None = None
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=".half-")
            half = Path(name)
            with os.fdopen(handle, "wb") as out:
                if isinstance(source, str):
                    out.write(source.encode())
                else:
                    with source.open("rb") as file:
                        shutil.copyfileobj(file, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
            half.replace(place)
            _sync(place.parent)
        except OSError as error:
            if half is not None:
                with contextlib.suppress(OSError):
                    half.unlink()
            raise _full(error) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """The name, too, survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _full(error: OSError) -> StoreFull:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StoreFull(
        f"The package cannot be stored: {'the disk is full' if full else error.strerror}.",
        hint="Free space in Seed's data folder." if full else "Look at Seed's data folder.",
    )


def _damaged(what: str) -> PackageDamaged:
    return PackageDamaged(f"The stored {what} is damaged; it is not used.", hint=AGAIN)
