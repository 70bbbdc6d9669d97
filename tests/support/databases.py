"""Databases without rows: to migrate one takes longer than most tests, so that each is a copy of one that was."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from seed.db.base import Database
from seed.db.migrate import migrate


def database_at(file: Path) -> Database:
    """The one that is there, or a new one."""
    if not file.exists():
        shutil.copy(_migrated(), file)
    return Database(file)


@cache
def _migrated() -> Path:
    folder = tempfile.mkdtemp(prefix="seed-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Database(Path(folder) / "seed.db")
    migrate(made)
    made.close()
    return made.path
