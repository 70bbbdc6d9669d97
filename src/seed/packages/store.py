"""Keep packages and their files, each under the hash of what it is.

Files are written beside their place, synced and renamed, so that a name always means whole contents.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from seed.packages.errors import PackageDamaged, PackageGone, StoreFull
from seed.packages.package import Package
from seed.packages.trust import Trusted


class PackageStore(Protocol):
    """Content-addressed: putting twice is putting once."""

    def put(self, trusted: Trusted) -> None: ...
    def get_package(self, digest: str) -> Package:
        """Raises PackageGone, or PackageDamaged where the stored text is not what its digest says."""
        ...

    def path(self, sha256: str) -> Path:
        """The local file of an asset."""
        ...


class DiskStore:
    """On the server's own disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, trusted: Trusted) -> None:
        for sha256, path in trusted.files.items():
            place = self._place("files", sha256)
            if not place.exists():
                self._write(place, path)
        place = self._place("packages", trusted.package.digest.removeprefix("sha256:"))
        if not place.exists():
            self._write(place, trusted.package.to_json())

    def get_package(self, digest: str) -> Package:
        place = self._place("packages", digest.removeprefix("sha256:"))
        try:
            package = Package.from_json(place.read_text())
        except FileNotFoundError:
            raise PackageGone(
                f"The package {digest[:19]} is not stored.", hint="Build the commit again."
            ) from None
        except (ValueError, TypeError, KeyError):
            raise _damaged(digest) from None
        if package.digest != digest:
            raise _damaged(digest)
        return package

    def path(self, sha256: str) -> Path:
        place = self._place("files", sha256)
        if not place.is_file():
            raise PackageGone(f"The file {sha256[:12]} is not stored.", hint="Build the commit again.")
        return place

    def _place(self, kind: str, name: str) -> Path:
        return self._folder / kind / name[:2] / name

    def _write(self, place: Path, source: Path | str) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=".half-")
            with os.fdopen(handle, "wb") as out:
                if isinstance(source, str):
                    out.write(source.encode())
                else:
                    with source.open("rb") as file:
                        shutil.copyfileobj(file, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(place)
        except OSError as error:
            said = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
            raise StoreFull(
                f"The package cannot be stored: {said}.", hint="Free space in Seed's data folder."
            ) from None


def _damaged(digest: str) -> PackageDamaged:
    return PackageDamaged(
        f"The stored package {digest[:19]} is damaged; it is not used.", hint="Build the commit again."
    )
