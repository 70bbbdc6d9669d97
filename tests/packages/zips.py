"""Small zips with a given time in them."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
NOW = (2026, 11, 23, 10, 0, 0)
LATER = (2027, 1, 2, 3, 4, 6)
Entry = tuple[str, bytes, int]


def zipped(path: Path, entries: list[Entry], when: tuple[int, ...] = NOW, extra: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content, mode in entries:
            info = zipfile.ZipInfo(name, when)
            info.external_attr = mode << 16
            info.create_system = 3
            info.extra = extra
            out.writestr(info, content)
    return path


FILES: list[Entry] = [("b.js", b"b", 0o100644), ("a/run", b"#!", 0o100755), ("link", b"a/run", stat.S_IFLNK | 0o777)]
